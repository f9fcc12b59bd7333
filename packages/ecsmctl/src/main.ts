import { once } from 'node:events';
import { homedir, userInfo } from 'node:os';
import { addAbortSignal } from 'node:stream';

import { exitCodes } from './cli/exit-code.js';
import type { Output } from './io.js';
import { run } from './run.js';

const interruption = new AbortController();
// A second signal finds no handler any more and ends the process at once.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interruption.abort(new Error('interrupted')));

/** Aborts when nobody reads the output any more. */
const gone = new AbortController();

/** One of the streams of the process, which Node makes when it is first asked for it; most commands never write to stderr. */
function output(name: 'stdout' | 'stderr'): Output {
  let opened: NodeJS.WriteStream | undefined;
  function open(): NodeJS.WriteStream {
    if (opened !== undefined) return opened;
    opened = process[name];
    return opened.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      // Whom nobody can tell anything, still does what he was asked to do.
      if (name === 'stderr') return;
      if (code === 'EPIPE') {
        gone.abort();
        return;
      }
      process.stderr.write(`error: the output cannot be written: ${message}\n`);
      process.exit(exitCodes.error);
    });
  }
  return {
    gone: gone.signal,
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

/** Where `~` points; a user whom the system does not know, as in many containers, has no home. HOME may be set to nothing. */
function homeFolder(): string {
  try {
    return homedir() || userInfo().homedir || '/';
  } catch {
    return '/';
  }
}

/** @throws Error when the shell stands in a folder that somebody has removed */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new Error('the current folder is gone: go to one that is there, or name files by their whole path', {
      cause: error,
    });
  }
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
  // A getter, since Node makes this stream too when it is first asked for it. Who waits for it hears an interruption.
  get stdin() {
    return addAbortSignal(interruption.signal, process.stdin);
  },
  env,
  // Asked for where a path is relative, so that all else works in a folder that is gone.
  get cwd() {
    return currentFolder();
  },
  home: homeFolder(),
  signal: interruption.signal,
  get edit() {
    return chosenEditor !== undefined || process.stdin.isTTY ? edit : undefined;
  },
}).then((code) => {
  process.exitCode = code;
});
