// An OpenID provider of its own kind (npm oidc-provider, certified by the OpenID Foundation) on a free port.

import { createServer } from 'node:http';
import { freePort } from '../support/service.mjs';
import { peer } from '../support/peers.mjs';

export const CLIENT_ID = 'attestry';
// Not a secret: it opens a provider that lives for one test.
export const CLIENT_SECRET = 'a-secret-of-the-tests-and-nobody-else';

/** People by login name: what the provider says about them. */
export const PEOPLE = {
  olivia: { email: 'olivia@northwind.example', name: 'Olivia Officer', groups: ['compliance', 'everyone'] },
  adam: { email: 'adam@northwind.example', name: 'Adam Admin', groups: ['platform-admins'] },
  guest: { email: 'guest@northwind.example', name: 'Gale Guest', groups: ['everyone'] },
};

/** Starts it for the service on that port; gives `{ issuer, stop }`. */
export async function startProvider(servicePort, { host = '127.0.0.1' } = {}) {
  const { Provider } = await peer('oidc-provider');
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configuration(`http://${host}:${servicePort}/sign-in/sso/callback`));
  const server = createServer(provider.callback());
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { issuer, stop };
}

function configuration(redirect) {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [redirect],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        scope: 'openid email profile',
      },
    ],
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    // Into the ID token, where many providers put them.
    conformIdTokenClaims: false,
    cookies: { keys: ['a-key-of-the-tests'] },
    features: { devInteractions: { enabled: true } },
    findAccount(_context, login) {
      const person = PEOPLE[login];
      return person && { accountId: login, claims: () => ({ sub: login, email_verified: true, ...person }) };
    },
  };
}

/** Signs in on the provider's own pages and consents; any password is right. */
export async function signInAtProvider(page, login) {
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', 'anything');
  await page.click('button[type=submit]');
  await page.getByRole('button', { name: 'Continue' }).click();
}
