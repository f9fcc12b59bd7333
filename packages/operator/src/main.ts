import { exitCodes } from './cli/program-io.js';
import { run } from './run.js';

/** Readers that have gone, which is no failure of what was asked for. */
const readerGone: readonly (string | undefined)[] = ['EPIPE', 'EIO'];

// Whoever read what is written may end before the program does, and a terminal may go: that is no reason to break down.
process.stderr.on('error', () => undefined);
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (readerGone.includes(code)) return;
  process.stderr.write(`error: the output cannot be written: ${message}\n`);
  // The program goes on all the same, and says so with its end.
  process.exitCode = exitCodes.failure;
});

const code = await run(process.argv.slice(2), process);
// By the signal itself, as programs do: Node's own end resets a terminal that is no longer there, and aborts over it.
if (code === exitCodes.hungUp) process.kill(process.pid, 'SIGHUP');
else if (code !== exitCodes.clean) process.exitCode = code;
