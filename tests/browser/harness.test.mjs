// The tests of the tests: whatever is wrong with a page is noticed, and a good page is left in peace.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { chosen, PAGES } from './pages.mjs';
import { barriers } from './support/axe.mjs';
import { openBrowser, sideways, visitor, watchedPage } from './support/browser.mjs';
import { walk } from './support/keyboard.mjs';
import { lookAt } from './support/matrix.mjs';
import { attestry, Service } from './support/service.mjs';

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const GOOD = `<!doctype html><html lang="en"><head><title>Good</title><link rel="icon" href="/icon.svg">
  <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"></head>
  <body><main><h1>Good</h1><p><a href="/a">One</a></p><form method="post"><label>Two <input name="two"></label>
  <details><summary>More</summary><a href="/hidden">Hidden</a></details><button>Three</button></form>BODY</main></body></html>`;
const STYLE = 'button, input, summary { min-height: 24px } .quiet:focus { outline: none } .pale { color: #bbb } .wide { width: 900px }';
const SCRIPTS = {
  '/loud.js': 'console.error("it hurts")',
  '/broken.js': 'undefined.nothing',
  '/foreign.js': 'fetch("http://127.0.0.1:9/track").catch(() => {})',
  '/trap.js': 'document.querySelector("button").addEventListener("keydown", (e) => e.preventDefault())',
};

let browser, server, base, body;

before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const kinds = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
    response.setHeader('Content-Type', kinds[path.split('.')[1]] ?? 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', POLICY);
    if (path === '/missing' || path === '/failing') response.statusCode = path === '/missing' ? 404 : 500;
    if (path === '/moved') response.writeHead(302, { Location: '/sign-in' });
    const texts = { '/style.css': STYLE, '/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>', ...SCRIPTS };
    response.end(texts[path] ?? GOOD.replace('BODY', body));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  base = `http://localhost:${server.address().port}`;
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** What is wrong with a page of that body, on that device. */
async function judged(more, device = 'desktop', path = '/') {
  body = more;
  const context = await visitor(browser, base, { device });
  try {
    const page = await watchedPage(context, base);
    await page.goto(path, { waitUntil: 'networkidle' });
    return [...page.problems, ...(await sideways(page)), ...(await barriers(page)), ...(await walk(page)), ...page.problems];
  } finally {
    await context.close();
  }
}

test('a good page is left in peace', async () => {
  assert.deepEqual(await judged(''), []);
  assert.deepEqual(await judged('', 'phone'), []);
});

const WRONG = [
  ['an error on the console', '<script type="module" src="/loud.js"></script>', /console: it hurts/],
  ['an uncaught error', '<script type="module" src="/broken.js"></script>', /uncaught: /],
  ['a request to another origin', '<script type="module" src="/foreign.js"></script>', /refused by policy: connect-src/],
  ['an image of another origin', '<img alt="x" src="http://127.0.0.1:9/x.png">', /refused by policy: img-src/],
  ['a script in the page', '<script>1</script>', /refused by policy: script-src/],
  ['a style in the page', '<p style="color:red">red</p>', /refused by policy: style-src/],
  ['too little contrast', '<p class="pale">pale</p>', /accessibility: color-contrast/],
  ['a field without a label', '<input name="nameless">', /accessibility: label/],
  ['a focus that one cannot see', '<button class="quiet">Quiet</button>', /one cannot see the focus on <button> "Quiet"/],
  ['a control that Tab does not reach', '<script type="module" src="/trap.js"></script><a href="/b">After</a>', /Tab does not reach <a> "After"/],
  ['an order of its own', '<a href="/b" tabindex="3">First</a>', /<a> "First" has an order of its own/],
];

for (const [what, more, expected] of WRONG) {
  test(`${what} is noticed`, async () => {
    assert.match((await judged(more)).join('\n'), expected);
  });
}

test('a field that has the focus from the start does not hide what comes before it', async () => {
  assert.deepEqual(await judged('<label>Four <input name="four" autofocus></label>'), []);
});

test('a page wider than a phone is noticed', async () => {
  assert.match((await judged('<p class="wide">wide</p>', 'phone')).join('\n'), /px wide on a screen of 390 px/);
});

test('a request to another origin is noticed even where the policy allows it', async () => {
  const context = await visitor(browser, base);
  const page = await watchedPage(context, base);
  body = '';
  await page.goto('/');
  await page.goto('http://127.0.0.1:9/').catch(() => {});
  await context.close();

  assert.match(page.problems.join('\n'), /request to another origin: http:\/\/127\.0\.0\.1:9/);
});

test('a page that is missing, broken or replaced by another is noticed', async () => {
  const look = { theme: 'dark', device: 'desktop' };
  const at = (path) => lookAt({ browser, service: { base } }, { name: 'harness', path, as: null }, look);

  body = '';
  assert.deepEqual(await at('/missing'), ['/missing answered 404']);
  assert.deepEqual(await at('/failing'), ['/failing answered 500']);
  assert.deepEqual(await at('/moved'), ['/moved led to /sign-in']);
});

test('pages are chosen by name, address and role', () => {
  assert.equal(chosen(''), PAGES);
  assert.deepEqual(chosen('none'), []);
  assert.deepEqual(chosen('gaps,/@stranger').map((p) => [p.name, p.as]), [['gaps', 'officer'], ['overview', null]]);
  assert.throws(() => chosen('nowhere'), /no page nowhere/);
});

test('the service starts, answers, is found healthy and stops', async () => {
  const service = await Service.start({ sample: false });
  try {
    const answer = await fetch(`${service.base}/healthz`);
    assert.equal(await answer.text(), 'ok\n');
    const url = `http://127.0.0.1:${service.port}/readyz`;
    assert.equal(attestry(service.data, 'healthcheck', '--url', url), 'ready\n');
    await service.restart();
    assert.equal((await fetch(`${service.base}/healthz`)).status, 200);
  } finally {
    await service.stop();
  }
  await assert.rejects(fetch(`${service.base}/healthz`));
});
