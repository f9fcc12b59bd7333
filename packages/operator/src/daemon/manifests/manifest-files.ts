import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { messageLine } from '../../internal/message-line.js';
import { readSmallFile } from '../../internal/read-small-file.js';

/** A file of manifests that could be read. */
export interface ManifestText {
  /** As it was given, with the path within the folder. */
  readonly path: string;
  /** Tells whether the content is another one. */
  readonly hash: string;
  readonly text: string;
  readonly problem?: never;
}

/** A file of manifests as it was read, or why it could not be. */
export type ManifestFile =
  ManifestText | (Pick<ManifestText, 'path' | 'hash'> & { readonly problem: string; readonly text?: never });

/** What is there now. */
export interface ManifestFiles {
  readonly files: readonly ManifestFile[];
  /** Folders in which something can change. */
  readonly folders: readonly string[];
  /** Why the whole cannot be trusted to be complete, if it cannot. */
  readonly problem?: string;
}

const manifestName = /\.(?:ya?ml|json)$/i;

/** Reads all files of manifests under a path; never rejects: what cannot be read is said in the result. */
export async function readManifestFiles(path: string): Promise<ManifestFiles> {
  try {
    if (!(await stat(path)).isDirectory()) return { files: [await readOne(path)], folders: [dirname(path)] };
    const found = { paths: [] as string[], folders: [path] };
    await walk(path, found);
    if (found.paths.length === 0) {
      return { files: [], folders: found.folders, problem: `${path} holds no .yaml, .yml or .json file` };
    }
    const files: ManifestFile[] = [];
    for (const each of found.paths.sort()) files.push(await readOne(each));
    return { files, folders: found.folders };
  } catch (error) {
    return { files: [], folders: [dirname(path)], problem: `${path} cannot be read: ${messageLine(error)}` };
  }
}

/** Hidden files and folders are none of ours: those of git, of editors, of mounts. */
async function walk(folder: string, found: { readonly paths: string[]; readonly folders: string[] }): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = join(folder, name);
    // Follows links: mounted configuration is made of them. One that leads nowhere is a file that cannot be read.
    const about = await stat(path).catch(() => undefined);
    if (about?.isDirectory() === true) {
      found.folders.push(path);
      await walk(path, found);
    } else if (manifestName.test(name)) found.paths.push(path);
  }
}

async function readOne(path: string): Promise<ManifestFile> {
  try {
    // A pipe would be waited for without end.
    if (!(await stat(path)).isFile()) throw new Error('it is no file but a pipe, a socket or a device');
    const bytes = await readSmallFile(path);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { path, text, hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    const problem = `cannot be read: ${messageLine(error)}`;
    return { path, problem, hash: problem };
  }
}
