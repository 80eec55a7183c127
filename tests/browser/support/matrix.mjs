// One look at one page: everything that must hold on every page, in one theme, on one device.

import { barriers } from './axe.mjs';
import { picture, sideways, visitor, watchedPage } from './browser.mjs';
import { walk } from './keyboard.mjs';
import { signIn } from './sign_in.mjs';

/** Every combination of theme and device. */
export const LOOKS = ['light', 'dark'].flatMap((theme) => ['desktop', 'phone'].map((device) => ({ theme, device })));

/** Opens the page and gives everything that is wrong with it. */
export async function lookAt({ browser, service }, { name, as, ...place }, look) {
  const context = await visitor(browser, service.base, look);
  try {
    const page = await watchedPage(context, service.base);
    if (as) await signIn(service, page, as);
    // What went wrong on the way here is said of the pages it went wrong on.
    page.problems.splice(0);
    const path = place.path ?? (await firstLink(page, place));
    if (!path) return [`${place.list} has no link like ${place.link}`];
    const answer = await page.goto(path, { waitUntil: 'networkidle' });
    const problems = await wrongAddress(page, answer, path);
    if (problems.length > 0) return problems;
    problems.push(...page.problems, ...(await sideways(page)), ...(await barriers(page)));
    await picture(page, `${name}-${look.theme}-${look.device}`);
    if (look.theme === 'light' && look.device === 'desktop') problems.push(...(await walk(page)));
    // What the walk or the scripts caused since.
    problems.push(...page.problems.filter((problem) => !problems.includes(problem)));
    return problems;
  } finally {
    await context.close();
  }
}

/** A page that is missing, refused or replaced by another (such as sign-in) was not looked at. */
async function wrongAddress(page, answer, path) {
  if (!answer.ok()) return [`${path} answered ${answer.status()}`];
  const there = new URL(page.url());
  return there.pathname === path.split('?')[0] ? [] : [`${path} led to ${there.pathname}`];
}

/** The first address in the list's main part that looks like that. */
async function firstLink(page, { list, link }) {
  await page.goto(list, { waitUntil: 'networkidle' });
  const found = await page.locator('main a[href]').evaluateAll((links) => links.map((a) => new URL(a.href).pathname));
  return found.find((path) => link.test(path) && path !== list && path !== '/evidence/upload');
}
