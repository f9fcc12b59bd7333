import { formatKey, type ObjectKey } from '@ecsm/api-types';
import type { Trigger } from '@ecsm/controller-runtime';

/** Keys on their way from wherever something was noticed to the controller; each waits at most once. */
export class KeyStream {
  readonly #waiting = new Map<string, Trigger>();
  #wake: (() => void) | undefined;
  #ended = false;

  /** Asks for a run of a key. */
  push(key: ObjectKey, reason: string, options: { readonly priority?: number; readonly afterMs?: number } = {}): void {
    if (this.#ended) return;
    this.#waiting.set(formatKey(key), { key, reason, ...options });
    this.#wake?.();
  }

  /** Ends the stream once what waits has been read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The keys, for one reader. */
  async *read({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<Trigger> {
    const wake = (): void => this.#wake?.();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        for (const [text, trigger] of this.#waiting) {
          this.#waiting.delete(text);
          yield trigger;
        }
        if (this.#waiting.size > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }
}
