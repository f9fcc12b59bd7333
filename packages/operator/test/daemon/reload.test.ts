import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { LoadedSettings } from '../../src/config/load-settings.js';
import { LinkBudget } from '../../src/daemon/link-budget.js';
import { PlatformLink } from '../../src/daemon/platform-link.js';
import { selfSigned } from '../helpers/certificates.js';
import { loaded, Running } from '../helpers/running-daemon.js';
import { settingsOf } from '../helpers/settings-of.js';

let root = '';
let server: Server | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reload-'));
});

afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(root, { recursive: true, force: true });
});

/** A daemon with a configuration file, and a reload of what is written there. */
async function configured(content: string) {
  const config = join(root, 'operator.yaml');
  await writeFile(config, content);
  const running = await Running.start(root, ['--config', config]);
  await running.settled();
  const read = (): Promise<LoadedSettings> =>
    loaded(['--registry', running.file.path, '--metrics', '0', '--health', '0', '--config', config]);
  const reload = async (next: string): Promise<readonly string[]> => {
    const from = running.log.lines.length;
    await writeFile(config, next);
    await running.daemon.reload(read);
    return running.log.lines.slice(from);
  };
  return { running, reload, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

describe('a reload', () => {
  it('takes what can change, says what takes a restart, and keeps all when the file is no good', async () => {
    await using daemon = await configured('');
    const { running, reload } = daemon;
    expect(
      await reload('logLevel: debug\npollInterval: 5s\nworkers: 9\noperatorId: two\nleaderElection: none\n'),
    ).toEqual([
      'info configuration read anew {"changed":["pollInterval","workers","logLevel"]}',
      'warn restart needed: these settings change at the next start {"fields":["operatorId","leaderElection"]}',
    ]);
    expect(running.levels.at(-1)).toBe('debug');
    expect(await running.metric('max_concurrent_reconciles', 'ecsmservice')).toBe(9);
    await running.rest(20_000, 5000);
    const [refused] = await reload('logLevel: loud\n');
    expect(running.levels.at(-1)).toBe('debug');
    expect(refused).toMatch(/^error .*stays in force .*logLevel is \\"loud\\"/);
    expect(await running.metric('ecsm_operator_reloads_total', 'failed')).toBe(1);
    expect(await running.metric('ecsm_operator_reloads_total', 'done')).toBe(1);
  });

  it('goes on writing as before when leader election is to change at the next start', async () => {
    await using daemon = await configured('leaderElection: none\n');
    const { running, reload } = daemon;
    const lines = await reload('leaderElection: sqlite\n');
    expect(lines.at(-1)).toContain('restart needed');
    expect((await running.page('/debug')).text).toContain('"leads": true');
    expect(await reload('leaderElection: none\n')).toEqual(['info configuration read anew {"changed":[]}']);
  });

  it('has the platform asked with another token and timeout, and says so without showing it', async () => {
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, 'geheim-1');
    await using daemon = await configured(`platformTokenFile: ${tokenFile}\n`);
    const { running, reload } = daemon;
    await writeFile(tokenFile, 'geheim-2');
    expect(await reload(`platformTokenFile: ${tokenFile}\nrequestTimeout: 3s\n`)).toEqual([
      'info configuration read anew {"changed":["requestTimeout"],"platform":"asked anew"}',
    ]);
    await running.rest(60_000, 30_000);
    expect(running.daemon.operator.reachability.state).toBe('reachable');
    await rm(tokenFile);
    expect(await reload(`platformTokenFile: ${tokenFile}\n`)).toEqual([
      expect.stringMatching(/^error .*stays in force .*--platform-token-file .* cannot be read/),
    ]);
    expect(running.log.lines.join()).not.toContain('geheim');
  });
});

describe('two reloads, of which the first takes longer to read', () => {
  it('end with what the second has read', async () => {
    await using daemon = await configured('');
    const { running } = daemon;
    const of = (workers: string): Promise<LoadedSettings> =>
      loaded(['--registry', running.file.path, '--workers', workers]);
    let slow: (settings: LoadedSettings) => void = () => undefined;
    const first = running.daemon.reload(() => new Promise((resolve) => (slow = resolve)));
    const second = running.daemon.reload(() => of('8'));
    await new Promise((resolve) => setImmediate(resolve));
    slow(await of('2'));
    await Promise.all([first, second]);
    expect(await running.metric('max_concurrent_reconciles', 'ecsmservice')).toBe(8);
  });
});

describe('a reload that names another certificate', () => {
  it('keeps the way to the platform when it does not belong to its key', async () => {
    const [first, second] = [selfSigned(root, 30), selfSigned(root, 30)];
    const files = (keyFile: string): string => `platformCertFile: ${first.certFile}\nplatformKeyFile: ${keyFile}\n`;
    await using daemon = await configured(files(first.keyFile));
    const { running, reload } = daemon;
    expect(await reload(files(second.keyFile))).toEqual([
      expect.stringContaining(
        `--platform-cert-file ${first.certFile} and --platform-key-file ${second.keyFile} are no certificate and its key`,
      ),
    ]);
    await running.rest(60_000, 30_000);
    expect(running.daemon.operator.reachability.state).toBe('reachable');
  });

  it('watches the end of that one only, or of the one before where it is refused', async () => {
    const [first, second] = [30, 60].map((days) => selfSigned(root, days).certFile) as [string, string];
    await using daemon = await configured(`platformCaFile: ${first}\n`);
    const { running, reload } = daemon;
    const watched = async (): Promise<readonly string[]> => {
      const { text } = await running.page('/metrics');
      return [...text.matchAll(/^ecsm_certificate_expiry_timestamp_seconds\{file="([^"]*)"/gm)].map(
        ([, file = '']) => file,
      );
    };
    expect(await watched()).toEqual([first]);
    const missing = join(root, 'none.pem');
    const [refused] = await reload(
      `platformCaFile: ${second}\nplatformCertFile: ${missing}\nplatformKeyFile: ${missing}\n`,
    );
    expect(refused).toContain('stays in force');
    expect(await watched()).toEqual([first]);
    await reload(`platformCaFile: ${second}\n`);
    expect(await watched()).toEqual([second]);
  });
});

describe('PlatformLink', () => {
  it('lets what is under way end with the old token, and begins with the new one', async () => {
    const seen: (string | undefined)[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const answer = async (): Promise<void> => {
        if (seen.length === 1) await held;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ status: 200, message: 'ok', data: { list: [], total: 0, pageNum: 1, pageSize: 100 } }),
        );
      };
      void answer();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, 'first');
    const settings = await settingsOf('--platform-token-file', tokenFile);
    await using link = await PlatformLink.connect({
      settings,
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      budget: new LinkBudget({}),
      assertMayWrite: () => undefined,
    });
    expect(await link.prepare(settings)).toBeUndefined();
    const under = link.clientset.services.list();
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await writeFile(tokenFile, 'second');
    const renew = await link.prepare(settings);
    renew?.();
    await link.clientset.services.list();
    release();
    await expect(under).resolves.toMatchObject({ total: 0 });
    expect(seen).toEqual(['Bearer first', 'Bearer second']);
  });
});
