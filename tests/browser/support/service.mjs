// The real program as a process: the sample organisation made once, served from a copy on a free port.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 40_000;

// A test that is stopped half-way must not leave services behind.
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** The built program: `ATTESTRY_BINARY`, or the debug build in cargo's target directory. */
export function binary() {
  if (process.env.ATTESTRY_BINARY) return process.env.ATTESTRY_BINARY;
  const described = execFileSync('cargo', ['metadata', '--no-deps', '--offline', '--format-version=1'], {
    cwd: root,
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const built = join(JSON.parse(described).target_directory, 'debug', 'attestry');
  if (!existsSync(built)) throw new Error(`${built} is not there: run cargo build`);
  return built;
}

/** The environment without what a developer has set for the product. */
function environment(more) {
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith('ATTESTRY_'));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
}

/** Runs one command of the program to its end and gives its standard output. */
export function attestry(data, ...args) {
  return execFileSync(binary(), args, {
    cwd: root,
    encoding: 'utf8',
    env: environment({ ATTESTRY_DATA: data }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A port nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Fills a data directory with the sample organisation. */
export function makeSample(data) {
  attestry(data, 'demo', '--no-serve', '--json');
}

/** One running service. Addresses are `http://localhost:PORT`: passkeys need a domain. */
export class Service {
  /**
   * Starts it on a data directory of its own: a copy of the sample, or an empty one.
   * `settings` is the text of a configuration file that names the port.
   */
  static async start({ sample = true, port, settings } = {}) {
    const service = new Service();
    service.folder = mkdtempSync(join(tmpdir(), 'attestry-browser.'));
    service.data = join(service.folder, 'data');
    try {
      if (sample) service.#fill();
      service.port = port ?? (await freePort());
      service.base = `http://localhost:${service.port}`;
      if (settings) {
        service.config = join(service.folder, 'attestry.toml');
        writeFileSync(service.config, settings, { mode: 0o600 });
      }
      await service.#run();
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  #fill() {
    const prepared = process.env.ATTESTRY_BROWSER_SAMPLE;
    if (prepared) cpSync(prepared, this.data, { recursive: true });
    else makeSample(this.data);
  }

  async #run() {
    const more = { ATTESTRY_DATA: this.data, ATTESTRY_LISTEN: `127.0.0.1:${this.port}` };
    // The configuration file decides, once there is one.
    if (!this.config) more.ATTESTRY_PUBLIC_URL = this.base;
    const args = this.config ? ['--config', this.config, 'serve'] : ['serve'];
    this.log = '';
    this.welcome = null;
    const child = spawn(binary(), args, { cwd: this.folder, env: environment(more), stdio: ['ignore', 'ignore', 'pipe'] });
    this.process = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.log += text;
      const link = [...this.log.matchAll(/^open (http:\/\/\S+\/welcome\/\S+)$/gm)].at(-1);
      if (link) this.welcome = this.base + new URL(link[1]).pathname;
    });
    await this.#ready();
  }

  async #ready() {
    for (const until = Date.now() + START_MS; Date.now() < until; ) {
      if (this.process.exitCode !== null) throw new Error(`the service ended:\n${this.log}`);
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the service was not ready within ${START_MS / 1000} s:\n${this.log}`);
  }

  /** The program's command on this installation. */
  attestry(...args) {
    return attestry(this.data, ...(this.config ? ['--config', this.config] : []), ...args);
  }

  /** Stops and starts it, for a new one-time link. Sessions and port stay. */
  async restart() {
    await this.#end();
    await this.#run();
  }

  async #end() {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** Stops it and removes its data. */
  async stop() {
    await this.#end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
