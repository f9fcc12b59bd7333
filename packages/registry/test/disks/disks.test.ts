import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../store/helpers.js';

/** Whether this machine lets its user mount file systems of his own; elsewhere limited page counts stand in. */
const mountable = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

interface Said {
  readonly step: string;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

describe.runIf(mountable)('a store on a real file system', () => {
  it('that is full, then has room again, then turns read-only: says so, loses nothing, goes on', async () => {
    await using folder = await temporaryFolder();
    const worker = fileURLToPath(new URL('small-disk.ts', import.meta.url));
    const command = [process.execPath, '--conditions=@ecsm/source', '--import', 'tsx', worker, folder.path];
    const output = execFileSync('unshare', ['-rm', ...command], { encoding: 'utf8' });
    const said = new Map(
      output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Said)
        .map((line) => [line.step, line.error ?? line.result]),
    );
    const unavailable = (words: string): unknown => ({
      name: 'UnavailableError',
      message: expect.stringContaining(words) as string,
    });
    const full = unavailable('the disk is full; what was acknowledged is intact, make room and writing goes on');
    const readOnly = unavailable('cannot be written by this user; mount it writable or grant access');
    expect(Object.fromEntries(said)).toEqual({
      write: 2,
      'write to the full disk': full,
      'read from the full disk': ['first'],
      'create on the full disk': full,
      'write when there is room': 3,
      examine: [],
      'create when there is room': 2,
      'open for reading on the full disk': [['first', 'large'], 2, []],
      'open for writing on the full disk': full,
      'open for writing on the read-only disk': readOnly,
      'create on the read-only disk': readOnly,
      'read from the read-only disk': ['first', 'large'],
      'read what was closed in order from the read-only disk': [['second'], 2, []],
    });
  });
});
