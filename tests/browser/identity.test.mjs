// Who one is: password with one-time code, passkey, single sign-on; each through the pages, as people do it.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { CLIENT_ID, CLIENT_SECRET, PEOPLE, signInAtProvider, startProvider } from './oidc/provider.mjs';
import { openBrowser, visitor, watchedPage } from './support/browser.mjs';
import { freePort, Service } from './support/service.mjs';
import { code, nextStep } from './support/totp.mjs';

const BOUNDED = { timeout: 90_000 };
const PASSWORD = 'correct-horse-battery-9';

let browser;
const open = [];

before(async () => {
  browser = await openBrowser();
});

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await (thing.stop?.() ?? thing.close());
});

after(async () => {
  await browser?.close();
});

async function started(options) {
  const service = await Service.start({ sample: false, ...options });
  open.push(service);
  return service;
}

async function visit(service, more) {
  const context = await visitor(browser, service.base, { more });
  open.push(context);
  return watchedPage(context, service.base);
}

/** Makes the administrator by the one-time link; gives the secret of the one-time codes. */
async function enrolled(service, page, email) {
  const printed = service.attestry('admin', 'create-link', '--email', email);
  const link = new URL(printed.match(/https?:\/\/\S+/)[0]);
  await page.goto(service.base + link.pathname);
  if (await page.locator('input[name=name]').count()) await page.fill('input[name=name]', 'Ada Administrator');
  if (await page.locator('input[name=email]').count()) await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', PASSWORD);
  await page.locator('main button[type=submit], main button:not([type])').first().click();
  const secret = (await page.locator('code.secret').innerText()).replace(/\s/g, '');
  await page.fill('input[name=code]', code(secret));
  await page.locator('form:has(input[name=code]) button').first().click();
  await page.waitForLoadState('networkidle');
  return { secret, link };
}

async function signInWithPassword(page, email, password, oneTime) {
  await page.goto('/sign-in');
  await page.fill('input[name=email]', email);
  if (!(await page.locator('input[name=password]').count())) await submit(page, 'email');
  await page.fill('input[name=password]', password);
  await submit(page, 'password');
  if (oneTime === undefined) return;
  await page.fill('input[name=code]', oneTime);
  await submit(page, 'code');
}

async function submit(page, field) {
  await page.locator(`form:has(input[name=${field}]) button:not(#passkey)`).first().click();
  await page.waitForLoadState('networkidle');
}

/** Whoever is not signed in is sent to sign-in. */
async function isStranger(page) {
  const answer = await page.request.get('/evidence', { headers: { Accept: 'text/html' }, maxRedirects: 0 });
  assert.equal(answer.status(), 303);
  assert.match(answer.headers().location, /^\/sign-in/);
}

const pathOf = (page) => new URL(page.url()).pathname;

test('one-time codes are those of RFC 6238', () => {
  // Appendix B, its last six digits; the secret is "12345678901234567890".
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  assert.equal(code(secret, 59_000), '287082');
  assert.equal(code(secret, 1_111_111_109_000), '081804');
  assert.equal(code(secret, 20_000_000_000_000), '353130');
  assert.equal(nextStep(59_000), 60_000);
});

test('a password and a one-time code open the dashboard, and the code only once', BOUNDED, async () => {
  const service = await started();
  const email = 'ada@northwind.example';
  const { secret, link } = await enrolled(service, await visit(service), email);
  const next = code(secret, nextStep());

  const page = await visit(service);
  await signInWithPassword(page, email, PASSWORD, next);
  assert.equal(pathOf(page), '/');

  const thief = await visit(service);
  await signInWithPassword(thief, email, PASSWORD, next);
  assert.match(pathOf(thief), /^\/sign-in/);
  await isStranger(thief);

  const late = await visit(service);
  const again = await late.goto(link.pathname);
  assert.ok(again.status() >= 400, 'the one-time link works twice');
});

test('a wrong password says nothing about the account', BOUNDED, async () => {
  const service = await started();
  const email = 'ada@northwind.example';
  await enrolled(service, await visit(service), email);

  const said = [];
  for (const who of [email, 'nobody@northwind.example']) {
    const page = await visit(service);
    await signInWithPassword(page, who, 'wrong-horse-battery-9');
    assert.equal(pathOf(page), '/sign-in');
    said.push((await page.locator('main').innerText()).replaceAll(who, 'WHO'));
  }

  assert.equal(said[0], said[1]);
});

test('a passkey signs in without a password', BOUNDED, async () => {
  const service = await started();
  const page = await visit(service);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await enrolled(service, page, 'ada@northwind.example');

  await page.goto('/account');
  const added = page.waitForResponse((r) => r.request().method() === 'POST' && r.url() === `${service.base}/account/passkeys`);
  await Promise.all([page.waitForEvent('load'), page.click('#passkey')]);
  assert.equal((await added).status(), 303);
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  assert.equal(credentials.length, 1);

  await page.context().clearCookies();
  await isStranger(page);
  await page.goto('/sign-in');
  // The browser may have offered the passkey by itself already, and then the button is gone.
  await page.click('#passkey', { timeout: 3_000 }).catch(() => {});
  await page.waitForURL((url) => url.pathname === '/');
  assert.deepEqual(page.problems, []);
});

/** A service that trusts a provider, and the provider. */
async function withSingleSignOn() {
  const port = await freePort();
  const provider = await startProvider(port, { host: 'localhost' });
  open.push(provider);
  const settings = `public_url = "http://localhost:${port}"
[sso]
issuer = "${provider.issuer}"
client_id = "${CLIENT_ID}"
client_secret = "${CLIENT_SECRET}"
private_addresses = true
groups_claim = "groups"
[[sso.role]]
group = "platform-admins"
role = "administrator"
[[sso.role]]
group = "compliance"
role = "officer"
`;
  return started({ port, settings });
}

async function throughProvider(service, login) {
  const page = await visit(service);
  await page.goto('/sign-in');
  await page.click('a[href^="/sign-in/sso"], form[action^="/sign-in/sso"] button');
  await signInAtProvider(page, login);
  await page.waitForURL((url) => url.href.startsWith(service.base));
  await page.waitForLoadState('networkidle');
  return page;
}

test('single sign-on gives the role of the group', BOUNDED, async () => {
  const service = await withSingleSignOn();

  for (const [login, role] of [['olivia', 'officer'], ['adam', 'administrator']]) {
    const page = await throughProvider(service, login);
    assert.equal(pathOf(page), '/');
    await page.goto('/account');
    assert.match(await page.locator('main').innerText(), new RegExp(`${PEOPLE[login].email} · .*${role}`, 'i'));
  }
});

test('single sign-on refuses who is in no group with a role', BOUNDED, async () => {
  const service = await withSingleSignOn();

  const guest = await throughProvider(service, 'guest');

  assert.notEqual(pathOf(guest), '/');
  await isStranger(guest);
});
