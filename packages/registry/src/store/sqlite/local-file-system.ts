import { readFileSync, realpathSync, statfsSync } from 'node:fs';
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

/** All file systems of user programs have this number; which one it is stands in the table of mounts. */
const fuse = 0x65735546;

/** Those of user programs that lie on other machines. Others, such as an overlay of a container, are as local as what they stand on. */
const networkPrograms: ReadonlySet<string> = new Set([
  'sshfs',
  'ceph',
  'ceph-fuse',
  'glusterfs',
  'mfs',
  'juicefs',
  'seaweedfs',
  'beegfs',
  'nfs',
  'smbnetfs',
  'curlftpfs',
  'davfs',
  'rclone',
  's3fs',
  'goofys',
  'mountpoint-s3',
  'gcsfuse',
  'blobfuse',
  'blobfuse2',
]);

/** What {@link assertLocalFileSystem} asks the system; a test brings its own. */
export interface FileSystemQueries {
  readonly statfs: (path: string) => { readonly type: number };
  /** The table of mounts, in the format of /proc/self/mountinfo. */
  readonly mounts: () => string;
}

const systemQueries: FileSystemQueries = {
  statfs: statfsSync,
  mounts: () => readFileSync('/proc/self/mountinfo', 'utf8'),
};

/**
 * Refuses a folder on a network file system.
 *
 * @throws NetworkFileSystemError naming it
 */
export function assertLocalFileSystem(path: string, folder: string, queries = systemQueries): void {
  // Some numbers have the highest bit set and come as negative ones on 32-bit systems.
  const type = queries.statfs(folder).type >>> 0;
  const name = type === fuse ? networkProgramAt(realpathSync(folder), queries) : networkFileSystems.get(type);
  if (name !== undefined) throw new NetworkFileSystemError(path, name);
}

function networkProgramAt(folder: string, queries: FileSystemQueries): string | undefined {
  let nearest = '';
  let found: string | undefined;
  for (const line of queries.mounts().split('\n')) {
    // ID, parent, device, root, mount point, options, then after a dash: type, source, options of the file system.
    const [mount = '', fileSystem = ''] = line.split(' - ');
    const point = (mount.split(' ')[4] ?? '').replaceAll('\\040', ' ');
    const [type = '', source = ''] = fileSystem.split(' ');
    // Of several mounts on one place the last one is seen.
    if (!isWithin(folder, point) || point.length < nearest.length) continue;
    nearest = point;
    // Some name themselves in the type (fuse.sshfs), some as what they mount.
    const program = type.startsWith('fuse.') ? type.slice('fuse.'.length) : source;
    found = networkPrograms.has(program) ? program : undefined;
  }
  return found;
}

function isWithin(folder: string, point: string): boolean {
  return point !== '' && (folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`));
}
