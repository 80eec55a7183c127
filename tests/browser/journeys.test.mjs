// What people come for, walked from end to end in a browser: an officer repairs a red requirement and makes a pack, an
// auditor sees their engagement and nothing else, and the pack that both got verifies without the service.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, picture, visitor, watchedPage } from './support/browser.mjs';
import { attestry, Service } from './support/service.mjs';
import { signIn } from './support/sign_in.mjs';

const PATIENCE = { timeout: 180_000 };
const world = {};

before(async () => {
  world.service = await Service.start();
  world.browser = await openBrowser();
  world.folder = mkdtempSync(join(tmpdir(), 'attestry-journey-'));
});

after(async () => {
  await world.browser?.close();
  await world.service?.stop();
  if (world.folder) rmSync(world.folder, { recursive: true, force: true });
});

/** A page of somebody of that role. */
async function pageOf(role) {
  const context = await visitor(world.browser, world.service.base);
  const page = await watchedPage(context, world.service.base);
  await signIn(world.service, page, role);
  return page;
}

/** A bill of materials made just now: every component with version, package URL, licence and a place in the graph. */
function freshBom() {
  const components = Array.from({ length: 12 }, (_, n) => ({
    type: 'library',
    'bom-ref': `lib-${n}`,
    name: `settlement-lib-${n}`,
    version: `1.${n}.0`,
    purl: `pkg:cargo/settlement-lib-${n}@1.${n}.0`,
    licenses: [{ license: { id: 'Apache-2.0' } }],
    supplier: { name: 'Northwind Pay' },
  }));
  const root = { type: 'application', 'bom-ref': 'root', name: 'settlement-worker', version: '3.2.0' };
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: new Date().toISOString(), component: root },
    components,
    dependencies: [
      { ref: 'root', dependsOn: components.map((c) => c['bom-ref']) },
      ...components.map((c) => ({ ref: c['bom-ref'], dependsOn: [] })),
    ],
  });
}

test('an officer finds what is wrong, learns why, brings what is missing and sees it turn', PATIENCE, async () => {
  const page = await pageOf('officer');
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.match(await page.locator('main').innerText(), /What needs you today/);

  // what got worse since last week names the requirement, leads to it and says why
  const worse = page.getByRole('region', { name: 'What got worse' }).getByRole('row', { name: /8\.4\.2/ });
  assert.match(await worse.innerText(), /jonas\.feld/);
  await worse.getByRole('link').click();
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  await page.goto('/');

  // from the framework's bar to the requirement that does not hold
  await page.getByRole('region', { name: 'Frameworks' }).getByRole('link', { name: /PCI DSS/ }).first().click();
  await page.getByRole('heading', { name: 'Controls' }).waitFor();
  await page.goto('/controls/pci-dss-4.0.1/6.3.2');
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await verdict.waitFor();
  const before = await verdict.innerText();
  assert.doesNotMatch(before.split('\n')[0], /^Met/, before);
  const failing = await page.locator('#failing').innerText();
  assert.match(failing, /settlement-worker/, 'the failing item is named');
  await picture(page, 'journey-1-requirement');

  // to the form that mends it, with what is known filled in
  await verdict.getByRole('link').last().click();
  await page.getByRole('heading', { name: 'Upload evidence' }).waitFor();
  const file = join(world.folder, 'settlement-worker.cdx.json');
  writeFileSync(file, freshBom());
  await page.locator('input[type=file]').setInputFiles(file);
  const asset = page.locator('select[name=asset]');
  const values = await asset.locator('option').evaluateAll((o) => o.map((x) => x.value));
  const wanted = values.find((v) => /settlement-worker$/.test(v));
  assert.ok(wanted, `the asset can be chosen: ${values}`);
  await asset.selectOption(wanted);
  await page.getByRole('button', { name: 'Upload and evaluate' }).click();
  await page.getByText('Accepted').first().waitFor();
  await picture(page, 'journey-2-receipt');

  await page.goto('/controls/pci-dss-4.0.1/6.3.2');
  const later = await page.getByRole('region', { name: 'Verdict' }).innerText();
  assert.notEqual(later, before, 'the verdict turned');
  const failingLater = page.locator('#failing');
  if (await failingLater.count()) assert.doesNotMatch(await failingLater.innerText(), /settlement-worker/);
  await picture(page, 'journey-3-turned');
  assert.deepEqual(page.problems, []);
});

/** Creates a pack on the pages and gives its number. */
async function createPack(page, engagement) {
  await page.goto('/packs');
  await page.getByRole('link', { name: 'Create pack' }).click();
  for (const box of await page.locator('input[name=frameworks]').all()) {
    await box.setChecked((await box.getAttribute('value')) === 'pci-dss-4.0.1');
  }
  if (engagement) await page.locator('select[name=engagement]').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Create pack' }).click();
  await page.waitForURL(/\/packs\/\d+$/, { timeout: 120_000 });
  return Number(new URL(page.url()).pathname.split('/').pop());
}

/** Downloads a pack and gives the file and the key that the page names. */
async function download(page, number) {
  await page.goto(`/packs/${number}`);
  const key = (await page.locator('main').innerText()).match(/--key '([^']+)'/)[1];
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Download/ }).click(),
  ]);
  const file = join(world.folder, `${number}-${Date.now()}-${saved.suggestedFilename()}`);
  await saved.saveAs(file);
  return { file, key };
}

test('an officer creates a pack, and it verifies and replays without the service', PATIENCE, async () => {
  const page = await pageOf('officer');

  const number = await createPack(page, false);
  const { file, key } = await download(page, number);

  const verified = attestry(world.folder, 'pack', 'verify', file, '--key', key);
  assert.match(verified, /VERIFIED, signed by/);
  assert.match(attestry(world.folder, 'pack', 'replay', file), /IDENTICAL/);
  assert.deepEqual(page.problems, []);
});

test('an auditor sees their engagement and nothing else, and can verify its pack', PATIENCE, async () => {
  const officer = await pageOf('officer');
  const mine = await createPack(officer, true);
  const others = await createPack(officer, false);
  const page = await pageOf('auditor');

  await page.goto('/audit-room');
  await page.getByRole('heading', { name: /PCI DSS 4\.0\.1 · \d+/ }).first().waitFor();
  const room = await page.locator('main').innerText();
  assert.match(room, /PCI DSS/);
  assert.match(room, new RegExp(`Pack ${mine}\\b`));
  assert.doesNotMatch(room, new RegExp(`Pack ${others}\\b`));
  await picture(page, 'journey-4-audit-room');

  const { file, key } = await download(page, mine);
  assert.match(attestry(world.folder, 'pack', 'verify', file, '--key', key), /VERIFIED, signed by/);

  for (const path of ['/evidence', '/controls', '/vendors', '/users', '/audit-trail', '/packs', '/sources']) {
    const answer = await page.request.get(path, { headers: { Accept: 'text/html' } });
    assert.equal(answer.status(), 403, `${path} is not an auditor's`);
  }
  const foreign = await page.request.get(`/packs/${others}`, { headers: { Accept: 'text/html' } });
  assert.equal(foreign.status(), 404, 'a pack of others is not there');
  const rail = await page.locator('nav').first().innerText();
  assert.doesNotMatch(rail, /Evidence|Vendors|Users/);
});
