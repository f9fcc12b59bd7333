import { ExchangeFailure } from './exchange-failure.js';

/** Content encodings the client can read, as an `Accept-Encoding` header. */
export const acceptedEncodings = 'gzip, deflate, br';

type Undo = (
  body: Buffer,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, result: Buffer) => void,
) => void;

/** Undoes a content encoding; the result may have at most `maxBytes`. */
export async function decompress(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return body;
  const zlib = await import('node:zlib');
  const decoders = new Map<string, Undo>([
    ['gzip', zlib.gunzip],
    ['x-gzip', zlib.gunzip],
    ['deflate', zlib.inflate],
    ['br', zlib.brotliDecompress],
  ]);
  const undo = decoders.get(encoding.toLowerCase());
  if (undo === undefined) throw new ExchangeFailure('garbled', `its content encoding "${encoding}" is unknown`);
  return await new Promise<Buffer>((resolve, reject) => {
    undo(body, { maxOutputLength: maxBytes }, (error, result) => {
      if (error === null) resolve(result);
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new ExchangeFailure('too-large', 'decompressed body too large', { cause: error }));
      } else reject(new ExchangeFailure('garbled', `its ${encoding} encoding is broken`, { cause: error }));
    });
  });
}
