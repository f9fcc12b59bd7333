import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeFolder } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('makeFolder', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'make-folder-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('makes what is missing above a folder, with its mode, and leaves what is there', () => {
    const path = join(home, 'a', 'b', 'c');
    makeFolder(path, { mode: 0o700 });
    makeFolder(path, { mode: 0o755 });
    expect(['a', 'a/b', 'a/b/c'].map((each) => statSync(join(home, each)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  });

  it.each([
    ['file', 'EEXIST'],
    ['file/deep', 'ENOTDIR'],
    ['file/deep/deeper', 'ENOTDIR'],
  ])('says why there is none at %s', (name, code) => {
    writeFileSync(join(home, 'file'), '');
    expect(() => makeFolder(join(home, name))).toThrow(expect.objectContaining({ code }));
  });

  it('ends where the system makes nothing and says that nothing is there', () => {
    expect(() => makeFolder('/proc/no-such-process/folder')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
