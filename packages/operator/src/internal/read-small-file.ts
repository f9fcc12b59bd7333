import { createReadStream } from 'node:fs';

/** Far above what settings, certificates and manifests need; a device such as /dev/zero has no end. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads a file, or what a pipe such as `<(command)` gives, to its end.
 *
 * @throws Error when there is more than anybody needs, or as the system has it
 */
export async function readSmallFile(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // `end` counts too: one byte more than there may be tells that there is too much.
  for await (const chunk of createReadStream(path, { end: mostBytes })) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
  return bytes;
}
