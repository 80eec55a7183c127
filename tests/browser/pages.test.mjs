// Every page, in both themes, on a desk and on a phone: nothing on the console, no request elsewhere, nothing refused
// by the policy, no accessibility barrier, not wider than the screen, and all of it within reach of the Tab key.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chosen } from './pages.mjs';
import { openBrowser } from './support/browser.mjs';
import { LOOKS, lookAt } from './support/matrix.mjs';
import { Service } from './support/service.mjs';

const pages = chosen();
const world = {};

// Without a test, node would run the first hook and never the second.
if (pages.length > 0) {
  before(async () => {
    world.service = await Service.start();
    world.browser = await openBrowser();
  });

  after(async () => {
    await world.browser?.close();
    await world.service?.stop();
  });
}

for (const page of pages) {
  describe(`page ${page.name}`, () => {
    for (const look of LOOKS) {
      test(`${look.theme}, ${look.device}`, { timeout: 90_000 }, async () => {
        const problems = await lookAt(world, page, look);
        assert.equal(problems.join('\n'), '');
      });
    }
  });
}
