import type { Io } from '../io.js';

/** Everything that comes on stdin, as text. */
export async function readStdin(io: Pick<Io, 'stdin'>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin)
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
