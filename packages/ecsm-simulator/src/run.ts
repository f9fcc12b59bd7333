import yargs from 'yargs';

import { Simulator } from './simulator.js';

/** The parts of a process that the command uses. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** Runs the command `ecsm-simulator` until it is told to stop; resolves with the exit code. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = await yargs([...argv])
    .option('port', { type: 'number', default: 3001 })
    .option('host', { type: 'string', default: '127.0.0.1' })
    .option('seed', { type: 'number', default: 1 })
    .option('speed', { type: 'number', default: 1 })
    .parse();
  const simulator = await Simulator.start({
    port: options.port,
    host: options.host,
    seed: options.seed,
    speed: options.speed,
    onEvent: ({ message }) => io.stderr.write(`${message}\n`),
  });
  io.stdout.write(`ecsm-simulator listening on ${simulator.url}\n`);
  await new Promise<void>((resolve) => {
    io.once('SIGINT', resolve);
    io.once('SIGTERM', resolve);
  });
  await simulator.stop();
  return 0;
}
