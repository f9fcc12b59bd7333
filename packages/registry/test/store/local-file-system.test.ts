import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { assertLocalFileSystem } from '../../src/store/sqlite/local-file-system.js';

const path = '/srv/data/registry.db';

function looking(type: number, mounts: readonly string[] = []): () => void {
  const queries = { statfs: () => ({ type }), mounts: () => mounts.join('\n') };
  return () => {
    assertLocalFileSystem(path, tmpdir(), queries);
  };
}

describe('assertLocalFileSystem', () => {
  it('refuses network file systems by name', () => {
    expect(looking(0x6969)).toThrow(/network file system \(nfs\)/);
    expect(looking(0xff534d42 | 0)).toThrow('(cifs)');
  });

  it('lets local ones pass', () => {
    expect(looking(0xef53)).not.toThrow();
    assertLocalFileSystem(path, tmpdir());
  });

  it('tells file systems of user programs apart by the table of mounts', () => {
    const root = '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw';
    const fuse = (type: string, point: string, source = 'x'): string =>
      `90 22 0:45 / ${point} rw,nosuid - ${type} ${source} rw,user_id=0`;
    const looked = (...mounts: string[]): (() => void) => looking(0x65735546, [root, ...mounts, '']);
    expect(looked(fuse('fuse.sshfs', tmpdir(), 'host:/data'))).toThrow('network file system (sshfs)');
    expect(looked(fuse('fuse', tmpdir(), 'rclone'))).toThrow('(rclone)');
    expect(looked(fuse('fuse.fuse-overlayfs', tmpdir()))).not.toThrow();
    // One that covers it counts, not one beside it or below it.
    expect(looked(fuse('fuse.sshfs', tmpdir()), fuse('fuse.fuse-overlayfs', tmpdir()))).not.toThrow();
    expect(looked(fuse('fuse.sshfs', `${tmpdir()}-other`), fuse('fuse.sshfs', `${tmpdir()}/below`))).not.toThrow();
  });
});
