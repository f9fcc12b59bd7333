import { statSync, watch, type FSWatcher } from 'node:fs';

import { messageLine } from '../../internal/message-line.js';

interface Watched {
  /** Device and inode: a folder that was put in place of another has the same name. */
  readonly file: string;
  readonly watcher: FSWatcher;
}

/** Hears of changes in folders. It may miss some, on network file systems all: somebody must look now and then as well. */
export class FolderWatch implements Disposable {
  readonly #onChange: () => void;
  readonly #onProblem: (problem: string) => void;
  readonly #watched = new Map<string, Watched>();
  #complained = false;

  constructor(onChange: () => void, onProblem: (problem: string) => void) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
  }

  /** Listens to these folders from now on, and to no others. */
  set(folders: readonly string[]): void {
    for (const [folder, { watcher }] of this.#watched) {
      if (folders.includes(folder)) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
    for (const folder of folders) this.#listen(folder);
  }

  [Symbol.dispose](): void {
    this.set([]);
  }

  #listen(folder: string): void {
    try {
      const { dev, ino } = statSync(folder);
      const file = `${dev}:${ino}`;
      const before = this.#watched.get(folder);
      if (before?.file === file) return;
      before?.watcher.close();
      const watcher = watch(folder, { persistent: false }, () => this.#onChange());
      watcher.on('error', () => {
        this.#forget(folder);
        this.#onChange();
      });
      this.#watched.set(folder, { file, watcher });
    } catch (error) {
      this.#forget(folder);
      if (!this.#complained) this.#onProblem(messageLine(error));
      this.#complained = true;
    }
  }

  #forget(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}
