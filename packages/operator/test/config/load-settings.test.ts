import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseDuration } from '../../src/config/duration.js';
import { loadSettings } from '../../src/config/load-settings.js';
import { settingDefinitions } from '../../src/config/setting-definitions.js';
import { UsageError } from '../../src/config/usage-error.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: string): Promise<string> {
  const path = join(folder, 'operator.yaml');
  await writeFile(path, content);
  return path;
}

describe('loadSettings', () => {
  it('takes flags over variables over the file over defaults', async () => {
    const config = await file('pollInterval: 1s\npollIntervalMoving: 2s\nworkers: 7\n');
    const env = { ECSM_OPERATOR_CONFIG: config, ECSM_OPERATOR_WORKERS: '8', ECSM_OPERATOR_POLL_INTERVAL_MOVING: '3s' };
    const request = await loadSettings(
      ['--poll-interval-moving', '4s', '--simulate', '--leader-election', 'none'],
      env,
    );
    expect(request).toMatchObject({
      type: 'run',
      settings: {
        pollIntervalMs: 1000,
        workers: 8,
        movingPollIntervalMs: 4000,
        simulate: true,
        leaderElection: 'none',
        timeoutMs: 120_000,
      },
    });
  });

  it.each([
    [['--workers', '0'], '--workers is "0": it must be a whole number from 1 to 256'],
    [['--timeout', '5'], '--timeout is "5": it must be a duration such as 30s, 500ms or 2m'],
    [['--platform-url', 'ftp://x'], '--platform-url is "ftp://x": it must be an http or https address'],
    [['--platform-url', 'http://x/ a'], '--platform-url is "http://x/ a": it must be an http or https address'],
    [['--platform-url', 'http://x/?token=geheim'], '--platform-url is "http://x/?***": it must be an http or https'],
    [['--platform-url', 'http://x#geheim'], '--platform-url is "http://x#***": it must be an http or https address'],
    [['--platform-url', 'http://u:geheim@x'], '--platform-url is "http://***@x": it must hold no user or password'],
    [['--timeout', '1000h'], '--timeout is "1000h": it must be at most 576h'],
    [['--operator-id', 'a/b'], '--operator-id is "a/b": it must be 1 to 63 lower case letters'],
    [['--log-level', 'loud'], '--log-level is "loud": it must be one of debug, info, warn, error, silent'],
    [['--health', 'x:y'], '--health is "x:y": it must be a port'],
    [['--prune=yes'], '--prune is "yes": it must be true or false'],
    [['--once', '1'], '--once is "1": it must be true or false'],
    [['--simulate', '--simulate'], '--simulate is given more than once'],
    [['--nonsense'], 'Unknown argument: nonsense'],
    [['positional'], 'Unknown argument: positional'],
    [['--workers', '1', '--workers', '2'], '--workers is given more than once'],
    [['--backup-schedule', '0 0 31 2 *'], '--backup-schedule is "0 0 31 2 *": it names no time that ever comes'],
    [['--config', '/does/not/exist.yaml'], '--config /does/not/exist.yaml cannot be read'],
    [['--config', '/dev/zero'], '--config /dev/zero cannot be read: it is larger than 16777216 bytes'],
  ])('refuses %j', async (argv, message) => {
    await expect(loadSettings(argv, {})).rejects.toThrow(UsageError);
    await expect(loadSettings(argv, {})).rejects.toThrow(message);
  });

  it.each([
    ['workers: lots', 'workers is "lots": it must be a whole number'],
    ['speling: 1', 'speling is not a setting'],
    ['workers: [1]', 'workers is [1]: it must be a plain value'],
    ['- a', 'must hold fields'],
    ['a: [', 'is not YAML'],
  ])('refuses a file with %j and names the field', async (content, message) => {
    const config = await file(content);
    await expect(loadSettings(['--config', config], {})).rejects.toThrow(message);
    await expect(loadSettings(['--config', config], {})).rejects.toThrow('operator.yaml');
  });

  it('names the variable that makes no sense', async () => {
    await expect(loadSettings([], { ECSM_OPERATOR_TIMEOUT: 'soon' })).rejects.toThrow(
      'the variable ECSM_OPERATOR_TIMEOUT is "soon"',
    );
  });

  it('explains every flag, with examples and exit codes', async () => {
    const request = await loadSettings(['--help'], {});
    const text = request.type === 'help' ? request.text : '';
    for (const { flag, secret } of settingDefinitions) {
      if (secret === true) expect(text).not.toMatch(new RegExp(`--${flag} `));
      else expect(text).toContain(`--${flag}`);
    }
    expect(text).toMatch(/Examples:[\s\S]*--simulate[\s\S]*Exit codes:[\s\S]*130/);
  });
});

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['0.5h', 1_800_000],
    ['5', undefined],
    ['s', undefined],
    ['-1s', undefined],
    ['', undefined],
  ])('%j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
