// Signing in as one of the sample's people, by the one-time link that `serve` prints on a sample installation.

const ROLES = ['administrator', 'officer', 'auditor', 'engineer'];

/**
 * Signs the page's visitor in as the sample's person of that role. The session is kept with the service and given to
 * later visitors; a link that was used up is replaced by restarting the service.
 */
export async function signIn(service, page, role) {
  if (!ROLES.includes(role)) throw new Error(`no such role: ${role}`);
  service.sessions ??= new Map();
  if (!service.sessions.has(role)) service.sessions.set(role, await session(service, page, role));
  await page.context().addCookies(service.sessions.get(role));
}

/** Forgets a session, for tests that end it. */
export function forget(service, role) {
  service.sessions?.delete(role);
}

async function session(service, page, role) {
  for (const last of [false, true]) {
    const button = await offered(service, page, role);
    if (button) {
      await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/welcome')), button.click()]);
      const cookies = await page.context().cookies(service.base);
      if (cookies.length === 0) throw new Error(`continuing as ${role} set no cookie`);
      return cookies;
    }
    if (last) break;
    await service.restart();
  }
  throw new Error(`the service offers no way to continue as ${role}:\n${service.log}`);
}

/** The button of that role behind the current link, if the link still holds. */
async function offered(service, page, role) {
  if (!service.welcome) return null;
  const answer = await page.goto(service.welcome);
  if (!answer.ok()) {
    // A link that was used up may say so with a status that the console reports.
    page.problems?.splice(0);
    return null;
  }
  const button = page.locator(`button[data-role="${role}"], [data-role="${role}"] button`).first();
  return (await button.count()) > 0 ? button : null;
}
