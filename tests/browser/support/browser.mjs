// A browser, and pages that remember everything that went wrong on them.

import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peer } from './peers.mjs';

const artefacts = fileURLToPath(new URL('../../../target/browser/', import.meta.url));
const PATIENCE_MS = 10_000;

/** How a page is looked at. */
export const THEMES = ['light', 'dark'];
export const DEVICES = {
  desktop: { viewport: { width: 1366, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

/** Chromium as Debian installs it, or what `ATTESTRY_CHROMIUM` names. */
function chromium() {
  if (process.env.ATTESTRY_CHROMIUM) return process.env.ATTESTRY_CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  for (const file of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next place.
    }
  }
  throw new Error('there is no Chromium: apt-get install chromium');
}

/** Starts the browser. */
export async function openBrowser() {
  const playwright = await peer('playwright-core');
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return (playwright.chromium ?? playwright.default.chromium).launch({ executablePath: chromium(), args });
}

/** One visitor: a context of the browser with the service's address, without motion. */
export async function visitor(browser, base, { theme = 'light', device = 'desktop', more = {} } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...DEVICES[device],
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/**
 * A page of a context, with `page.problems`: errors on the console, uncaught errors, requests to another origin, what
 * the Content-Security-Policy refused, and answers that say something is broken (500 and above).
 */
export async function watchedPage(context, base) {
  const problems = [];
  await context.exposeBinding('__attestryRefused', (_source, what) => problems.push(`refused by policy: ${what}`));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => {
      globalThis.__attestryRefused(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile ?? ''}`);
    });
  });
  const page = await context.newPage();
  page.problems = problems;
  page.on('console', (m) => m.type() === 'error' && problems.push(`console: ${m.text()} (${m.location().url})`));
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const own = url.origin === new URL(base).origin || ['data:', 'blob:', 'about:'].includes(url.protocol);
    if (!own) problems.push(`request to another origin: ${url.origin}${url.pathname}`);
  });
  page.on('response', (r) => r.status() >= 500 && problems.push(`${r.status()} from ${r.url()}`));
  return page;
}

/** Keeps a picture of the whole page as target/browser/NAME.png. */
export async function picture(page, name) {
  mkdirSync(artefacts, { recursive: true });
  // Hiding the caret or stopping motion would inject a style, which the policy rightly refuses.
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage: true, caret: 'initial', animations: 'allow' });
}

/** What is wider than the screen, or an empty list: a page never scrolls sideways (WCAG 1.4.10). */
export async function sideways(page) {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    // A phone's browser zooms out to fit what is too wide; then the window is wider than the screen.
    const width = Math.min(clientWidth, screen.width);
    return Math.max(scrollWidth, innerWidth) > width + 1 ? [`the page is ${scrollWidth} px wide on a screen of ${width} px`] : [];
  });
}
