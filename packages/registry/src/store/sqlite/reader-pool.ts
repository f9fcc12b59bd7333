import type { SnapshotReader } from './snapshot-reader.js';

/** Most lists that are read at the same time; each costs a connection with its page cache. */
const maxReaders = 3;

/** Lends out snapshot readers, opened when they are needed first. */
export class ReaderPool {
  readonly #open: () => SnapshotReader;
  readonly #idle: SnapshotReader[] = [];
  #lent = 0;
  readonly #queue: (() => void)[] = [];
  #closed = false;

  constructor(open: () => SnapshotReader) {
    this.#open = open;
  }

  /** Runs one list with a reader of its own, waiting for one if need be. */
  async use<T>(work: (reader: SnapshotReader) => Promise<T>): Promise<T> {
    while (this.#lent >= maxReaders) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#lent++;
    let reader: SnapshotReader | undefined;
    try {
      reader = this.#idle.pop() ?? this.#open();
      return await work(reader);
    } finally {
      this.#lent--;
      if (reader !== undefined) this.#takeBack(reader);
      this.#queue.shift()?.();
    }
  }

  /** Closes what is idle now and the rest when it comes back. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#idle.splice(0)) reader.close();
  }

  /** One stays open for the next list; the others were for a burst. */
  #takeBack(reader: SnapshotReader): void {
    if (this.#closed || this.#idle.length > 0) reader.close();
    else this.#idle.push(reader);
  }
}
