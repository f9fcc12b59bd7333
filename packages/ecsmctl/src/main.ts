import { once } from 'node:events';
import { homedir } from 'node:os';

import type { Output } from './io.js';
import { run } from './run.js';

const interruption = new AbortController();
// A second signal finds no handler any more and ends the process at once.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(new Error('interrupted')));

function output(stream: NodeJS.WriteStream): Output {
  // A reader that has had enough, such as `head`, is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY && process.env['TERM'] !== 'dumb',
    get columns() {
      // A serial line may not know its width, and says 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
    },
  };
}

const { env } = process;
const chosenEditor = env['ECSMCTL_EDITOR'] ?? env['VISUAL'] ?? env['EDITOR'];

/** Runs the user's editor on a file and waits until he closes it. */
async function edit(file: string): Promise<void> {
  const editor = chosenEditor ?? 'vi';
  const { spawn } = await import('node:child_process');
  // The variable may hold arguments too, as in "code --wait", so a shell takes it apart.
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the editor ${editor} ended with code ${String(code)}`);
}

// A promise, since the bundle is CommonJS, which cannot wait for one at its top level.
void run(process.argv.slice(2), {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  // Getters, since Node makes the stream when it is first asked for it, and most commands read nothing.
  get stdin() {
    return process.stdin;
  },
  env,
  cwd: process.cwd(),
  home: homedir(),
  signal: interruption.signal,
  get edit() {
    return chosenEditor !== undefined || process.stdin.isTTY ? edit : undefined;
  },
}).then((code) => {
  process.exitCode = code;
});
