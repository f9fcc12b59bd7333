import type { Clock } from '@ecsm/api-types';

/** Where text goes. */
export interface Output {
  /** Takes a piece of text as it is. */
  write(text: string): void;
  /** Whether a person looks at it: colour, progress and cutting to the width happen only then. @defaultValue `false` */
  readonly isTerminal?: boolean;
  /** Width in characters, read whenever something is printed. @defaultValue 80 on a terminal, unlimited elsewhere */
  readonly columns?: number | undefined;
  /** Aborts when nobody takes the text any more: commands that only read end then, others go on to their end. */
  readonly gone?: AbortSignal;
}

/** Everything a run takes from the process around it, so that a program or test can bring its own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Read by `-f -` only. */
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  /** Where `~` points. */
  readonly home: string;
  /** Ends the run; it then resolves to 130. */
  readonly signal?: AbortSignal;
  /** @defaultValue the system's clock */
  readonly clock?: Clock;
  /** Lets the user change a file and resolves when he is done; without it `edit` says that there is no terminal. */
  readonly edit?: ((file: string) => Promise<void>) | undefined;
}
