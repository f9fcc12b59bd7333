import { statfsSync } from 'node:fs';
import { NetworkFileSystemError } from '../../errors/network-file-system-error.js';

/** File systems on other machines, by the number statfs(2) gives them (linux/magic.h and the file systems' own headers). */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x564c, 'ncp'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
  [0x01021997, '9p'],
  [0x7461636f, 'ocfs2'],
  [0x01161970, 'gfs2'],
  [0x47504653, 'gpfs'],
  [0x786f4256, 'vboxsf'],
]);

/**
 * Refuses a folder on a network file system.
 *
 * @param statfs - asks for the file system of a path; a test brings its own
 * @throws NetworkFileSystemError naming it
 */
export function assertLocalFileSystem(
  path: string,
  folder: string,
  statfs: (path: string) => { readonly type: number } = statfsSync,
): void {
  // Some numbers have the highest bit set and come as negative ones on 32-bit systems.
  const name = networkFileSystems.get(statfs(folder).type >>> 0);
  if (name !== undefined) throw new NetworkFileSystemError(path, name);
}
