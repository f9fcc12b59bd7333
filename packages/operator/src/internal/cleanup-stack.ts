/** Undoes what was set up, in reverse, however the scope ends. */
export class CleanupStack implements AsyncDisposable {
  readonly #cleanups: (() => unknown)[] = [];

  /** Has a resource released at the end; returns it. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Has something done at the end. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  /**
   * Undoes everything, also when a part of it fails.
   *
   * @throws the first failure, once all is undone
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
