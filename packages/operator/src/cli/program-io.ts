/** Signals the program listens to. */
export type ProgramSignal = 'SIGINT' | 'SIGTERM';

/** The parts of a process that the program uses; `process` itself fits. */
export interface ProgramIo {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: ProgramSignal, listener: () => void): unknown;
  off(signal: ProgramSignal, listener: () => void): unknown;
  /** Ends the process at once, for a second signal. */
  exit(code: number): void;
}

/** How the program ends. */
export const exitCodes = { clean: 0, failure: 1, usage: 2, registry: 3, forced: 130 } as const;
