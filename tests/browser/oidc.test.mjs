// The provider itself: that it is one, asks for PKCE, and says what the tests of single sign-on rely on.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { CLIENT_ID, CLIENT_SECRET, signInAtProvider, startProvider } from './oidc/provider.mjs';
import { openBrowser, visitor } from './support/browser.mjs';
import { freePort } from './support/service.mjs';

const PORT = await freePort();
const REDIRECT = `http://127.0.0.1:${PORT}/sign-in/sso/callback`;

function authorisation(issuer, more) {
  const query = { client_id: CLIENT_ID, response_type: 'code', redirect_uri: REDIRECT, state: 'a-state', nonce: 'a-nonce' };
  return `${issuer}/auth?${new URLSearchParams({ ...query, scope: 'openid email profile', ...more })}`;
}

test('the provider signs in with PKCE only, and its ID token says email, name and groups', async () => {
  const provider = await startProvider(PORT);
  const service = createServer((_request, response) => response.end('back')).listen(PORT, '127.0.0.1');
  const browser = await openBrowser();
  try {
    const described = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
    assert.equal(described.issuer, provider.issuer);

    const page = await (await visitor(browser, provider.issuer)).newPage();
    const back = () => page.waitForURL((url) => url.href.startsWith(REDIRECT));
    await page.goto(authorisation(provider.issuer));
    await back();
    assert.match(page.url(), /error=invalid_request/);

    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    await page.goto(authorisation(provider.issuer, { code_challenge: challenge, code_challenge_method: 'S256' }));
    await signInAtProvider(page, 'olivia');
    await back();
    const code = new URL(page.url()).searchParams.get('code');

    const exchanged = await fetch(described.token_endpoint, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier }),
    });
    const { id_token: token } = await exchanged.json();
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    assert.equal(claims.email, 'olivia@northwind.example');
    assert.deepEqual(claims.groups, ['compliance', 'everyone']);
    assert.equal(claims.nonce, 'a-nonce');
  } finally {
    await browser.close();
    await provider.stop();
    service.close();
  }
});
