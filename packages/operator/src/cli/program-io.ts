/** Signals the program listens to. */
export type ProgramSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Where the program writes. */
export interface ProgramOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The parts of a process that the program uses; `process` itself fits. */
export interface ProgramIo {
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: ProgramSignal, listener: () => void): unknown;
  off(signal: ProgramSignal, listener: () => void): unknown;
  /** Ends the process at once, for a second signal. */
  exit(code: number): void;
}

/** How the program ends. */
export const exitCodes = {
  clean: 0,
  failure: 1,
  usage: 2,
  registry: 3,
  leadLost: 4,
  hungUp: 129,
  forced: 130,
} as const;
