import { createReadStream, readFileSync, statSync } from 'node:fs';

/** Far above what settings, kinds and patches need; a device such as /dev/zero has no end. */
const mostBytes = 16 * 1024 * 1024;

function tooLarge(): Error {
  return Object.assign(new Error('it is larger than 16 MiB'), { code: 'EFBIG' });
}

/** Everything that comes, as one piece. @throws Error with the code `EFBIG` when it is more than anybody needs */
export async function collectBytes(chunks: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Reads a small file, or what a pipe such as `<(command)` gives. @throws Error with the code of the system, or `EFBIG` */
export async function readBounded(path: string): Promise<Buffer> {
  const about = statSync(path);
  if (!about.isFile()) return collectBytes(createReadStream(path));
  if (about.size > mostBytes) throw tooLarge();
  // In one go: every command reads a file or two of settings, and the other ways take as long as all the rest.
  return readFileSync(path);
}
