import { exitCodes } from './cli/program-io.js';
import { run } from './run.js';

// Whoever read what is written may end before the program does, and a terminal may go: that is no reason to break down.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

const code = await run(process.argv.slice(2), process);
// By the signal itself, as programs do: Node's own end resets a terminal that is no longer there, and aborts over it.
if (code === exitCodes.hungUp) process.kill(process.pid, 'SIGHUP');
else process.exitCode = code;
