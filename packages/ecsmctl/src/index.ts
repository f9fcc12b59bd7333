export { run } from './run.js';
export type { Io, Output } from './io.js';
export { exitCodes, type ExitCode } from './cli/exit-code.js';
