import { statSync } from 'node:fs';
import { StoreReplacedError } from '../../errors/store-replaced-error.js';

/** How long what was seen of the path holds for those who only read. */
const lookEveryMs = 1_000;

/** What stays the same of a file under every name. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** How to look at a file that is open. */
export interface OpenedFileOptions {
  /**
   * The identity of what was at the path before it was opened, where there was something; a file that is put in its place in
   * the very moment of opening is then told of, not missed.
   */
  readonly before: FileIdentity | undefined;
  /** Whether to look at the log beside it as well: it stays the same one as long as somebody has it open to write. */
  readonly withLog: boolean;
  /** Of a monotonic clock. */
  readonly nowMs: number;
}

/**
 * A database file that is open, and whether its path still leads to it: else it is written and read for nobody. One that
 * has lost its path stays lost, also when it is put back.
 */
export class OpenedFile {
  readonly #path: string;
  readonly #identity: FileIdentity | undefined;
  readonly #logPath: string;
  readonly #logIdentity: FileIdentity | undefined;
  #lookAt: number;
  #lost: StoreReplacedError | undefined;

  constructor(path: string, { before, withLog, nowMs }: OpenedFileOptions) {
    this.#path = path;
    this.#identity = before ?? identityOf(path);
    this.#logPath = `${path}-wal`;
    this.#logIdentity = withLog ? identityOf(this.#logPath) : undefined;
    this.#lookAt = nowMs + lookEveryMs;
  }

  /**
   * Looks at the path, and that of the log.
   *
   * @throws StoreReplacedError when one leads elsewhere or nowhere
   * @throws what the system says when that cannot be seen
   */
  assertInPlace(): void {
    this.assertNotLost();
    if (!isSameFile(identityOf(this.#path), this.#identity)) this.#lost = new StoreReplacedError(this.#path);
    else if (this.#logIdentity !== undefined && !isSameFile(identityOf(this.#logPath), this.#logIdentity)) {
      this.#lost = new StoreReplacedError(this.#path, { log: this.#logPath });
    }
    this.assertNotLost();
  }

  /** Looks when the last look of this kind is a second ago; a path that cannot be seen for now proves nothing. */
  assertInPlaceOfLate(nowMs: number): void {
    if (nowMs >= this.#lookAt) {
      this.#lookAt = nowMs + lookEveryMs;
      try {
        this.assertInPlace();
      } catch {
        // Told by the line below, where it is for good.
      }
    }
    this.assertNotLost();
  }

  /** @throws StoreReplacedError when an earlier look found the path lost */
  assertNotLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }
}

/** Whether two paths led to one file, or both to none. */
export function isSameFile(one: FileIdentity | undefined, other: FileIdentity | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

/** The file at a path; `undefined` where there is none. */
export function identityOf(path: string): FileIdentity | undefined {
  // Whole numbers: on overlays, inodes next to each other differ in bits that a double does not hold.
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
