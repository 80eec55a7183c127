// Holds the service to the description of its own API: a validator reads it, a fuzzer follows it.
//
//     node tests/browser/api.mjs PYTHON-FOLDER [schemathesis' options]...

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, visitor, watchedPage } from './support/browser.mjs';
import { Service, freePort } from './support/service.mjs';
import { signIn } from './support/sign_in.mjs';

const EXAMPLES = process.env.ATTESTRY_DEEP === '1' ? 200 : 15;
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method';
const [python, ...more] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const artefacts = fileURLToPath(new URL('../../target/browser/', import.meta.url));

/** Runs a program while this process goes on reading what the service logs: a full pipe would stop the service. */
async function run(program, ...args) {
  const env = { ...process.env, PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1', SCHEMATHESIS_HOOKS: 'api_hooks' };
  const child = spawn(join(python, 'bin', program), args, { stdio: 'inherit', cwd: artefacts, env });
  const [status] = await once(child, 'close');
  if (status !== 0) process.exitCode = 1;
}

/** A token made by the administrator on the page of tokens. */
async function token(service) {
  const browser = await openBrowser();
  try {
    const context = await visitor(browser, service.base);
    const page = await watchedPage(context, service.base);
    await signIn(service, page, 'administrator');
    await page.goto('/tokens/new');
    const form = page.locator('main form:has(input[name=name])').first();
    await form.locator('input[name=name]').fill('fuzzer');
    for (const box of await form.locator('input[type=checkbox]').all()) await box.check();
    await form.locator('button').last().click();
    await page.waitForLoadState('networkidle');
    const made = (await page.locator('main').innerText()).match(/att_[A-Za-z0-9_-]{20,}/);
    if (!made) throw new Error(`no token on ${page.url()} after asking for one`);
    return made[0];
  } finally {
    await browser.close();
  }
}

mkdirSync(artefacts, { recursive: true });
const port = await freePort();
// What is asked here in a minute is more than any program would be allowed to.
const rates = 'reads_per_minute = 1000000\nwrites_per_minute = 1000000\n';
const settings_of_service = `public_url = "http://localhost:${port}"\n[api]\n${rates}`;
const service = await Service.start({ port, settings: settings_of_service });
try {
  const answer = await fetch(`${service.base}/api/openapi.json`);
  if (!answer.ok) throw new Error(`/api/openapi.json answered ${answer.status}`);
  const description = join(artefacts, 'openapi.json');
  writeFileSync(description, await answer.text());
  await run('openapi-spec-validator', description);
  // In a file that dies with the service, not among the arguments, which every process can read.
  const settings = join(service.folder, 'schemathesis.toml');
  writeFileSync(settings, `[headers]\nAuthorization = "Bearer ${await token(service)}"\n`, { mode: 0o600 });
  const bounds = ['--checks', CHECKS, '--max-examples', String(EXAMPLES), '--seed', '1', '--workers', '1', '--no-color'];
  await run('schemathesis', '--config-file', settings, 'run', description, '--url', service.base, ...bounds, ...more);
} finally {
  await service.stop();
}
