import { once } from 'node:events';
import { homedir } from 'node:os';

import type { Output } from './io.js';
import { run } from './run.js';

const interruption = new AbortController();
// A second signal finds no handler any more and ends the process at once.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(new Error('interrupted')));

/** One of the streams of the process, which Node makes when it is first asked for it; most commands never write to stderr. */
function output(name: 'stdout' | 'stderr'): Output {
  let opened: NodeJS.WriteStream | undefined;
  function open(): NodeJS.WriteStream {
    if (opened !== undefined) return opened;
    opened = process[name];
    // A reader that has had enough, such as `head`, is no failure.
    return opened.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  return {
    write: (text) => void open().write(text),
    get isTerminal() {
      return open().isTTY && process.env['TERM'] !== 'dumb';
    },
    get columns() {
      // A serial line may not know its width, and says 0.
      return open().isTTY && open().columns > 0 ? open().columns : undefined;
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
  stdout: output('stdout'),
  stderr: output('stderr'),
  // Getters, since Node makes this stream too when it is first asked for it.
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
