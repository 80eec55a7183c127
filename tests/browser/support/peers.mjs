// The npm packages that tests/peers/install has put outside the work tree.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const lock = new URL('../../peers/package-lock.json', import.meta.url);
const digest = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16);
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const folder = join(cache, 'attestry', 'peers', `npm-${digest}`);

/** Imports one of the packages. */
export async function peer(name) {
  if (!existsSync(folder)) throw new Error(`${folder} is not there: run tests/peers/install npm`);
  const found = createRequire(join(folder, 'package.json')).resolve(name);
  return import(pathToFileURL(found).href);
}
