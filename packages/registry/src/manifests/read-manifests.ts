import { messageOf, type AbortableOptions } from '@ecsm/api-types';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isManifestError, ManifestError, type ManifestSource } from '../errors/manifest-error.js';
import { decodeManifests, type DecodedManifest, type DecodeManifestsOptions } from './decode-manifests.js';

/** The largest file that is read; far above what a directory of manifests needs. */
const maxFileBytes = 64 * 1024 * 1024;

/** File names that are manifests, in a folder. Any name will do for a file that is named itself. */
const manifestName = /\.(?:ya?ml|json)$/i;

/** Options of {@link readManifests}. */
export interface ReadManifestsOptions extends AbortableOptions, Omit<DecodeManifestsOptions, 'file'> {
  /** What `-` reads, e.g. `process.stdin`. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /**
   * Whether folders within a folder are read too.
   *
   * @defaultValue `false`
   */
  readonly recursive?: boolean;
}

/**
 * Reads the manifests of a file, of all `.yaml`, `.yml` and `.json` files of a folder in order of their names, or of `-`.
 *
 * @throws ManifestError when the path cannot be read; what is wrong with a document, or with a file of a folder, is in
 * the result
 */
export async function readManifests(
  path: string,
  options: ReadManifestsOptions = {},
): Promise<readonly DecodedManifest[]> {
  const decode = (file: string, text: string): readonly DecodedManifest[] =>
    decodeManifests(text, { ...options, file });
  if (path === '-') {
    if (options.stdin === undefined) throw unreadable(path, 'there is no standard input to read');
    return decode(path, toText(path, await collect(path, options.stdin)));
  }
  const files = await manifestFiles(path, options.recursive ?? false);
  const decoded: DecodedManifest[] = [];
  for (const file of files) {
    try {
      if (file !== path) await assertEnds(file);
      decoded.push(...decode(file, toText(file, await readBytes(file, options.signal))));
    } catch (error) {
      if (file === path || !isManifestError(error)) throw error;
      decoded.push({ source: error.source, error });
    }
  }
  return decoded;
}

async function readBytes(file: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await collect(file, createReadStream(file, signal === undefined ? {} : { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw isManifestError(error) ? error : unreadable(file, messageOf(error), error);
  }
}

/** A pipe is read where it is named itself; among the files of a folder it would be waited for without end. */
async function assertEnds(file: string): Promise<void> {
  const about = await stat(file).catch((error: unknown) => {
    throw unreadable(file, messageOf(error), error);
  });
  if (!about.isFile()) throw unreadable(file, 'it is no file but a pipe, a socket or a device');
}

async function manifestFiles(path: string, recursive: boolean): Promise<readonly string[]> {
  const about = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, messageOf(error), error);
    const problem = 'does not exist; name a manifest file, a folder of them, or - for the standard input';
    throw new ManifestError(wholeFile(path), { problem, cause: error });
  });
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { recursive, withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(path, messageOf(error), error);
  });
  const files = entries
    .filter((entry) => manifestName.test(entry.name) && !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  if (files.length === 0) throw unreadable(path, 'the folder holds no .yaml, .yml or .json file');
  return files;
}

async function collect(path: string, input: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > maxFileBytes) throw unreadable(path, `it is larger than ${maxFileBytes} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function toText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(path, 'it is no UTF-8 text', error);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): ManifestError {
  return new ManifestError(wholeFile(path), { problem: `cannot be read: ${reason}`, cause });
}

function wholeFile(file: string): ManifestSource {
  return { file, document: 0, line: 0 };
}
