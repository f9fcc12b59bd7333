import type { Clientset } from '@ecsm/ecsm-client';

import { classifyFailure } from '../service/classify-failure.js';

/** For how long nobody runs an object because its service is as it was: then the whole of it is thought through again. */
const trustedMs = 3_600_000;

/** Options of {@link CloserLooks}. */
export interface CloserLooksOptions {
  readonly clientset: Clientset;
  readonly signal: AbortSignal;
  /** Milliseconds during which the platform was observed. */
  readonly observedMs: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Told of a service whose detail still is what it was; the request began at `asOfMs`. */
  readonly onSame: (id: string, asOfMs: number) => void;
  /** Told of a service whose detail is another, or is refused: a run has to see for itself. */
  readonly onOther: (id: string) => void;
}

interface Settled {
  readonly digest: string;
  readonly untilMs: number;
}

/**
 * Looks at the details of services with which a run of their object was content: one that is as it was byte for byte needs
 * no other run, and is not even parsed.
 *
 * It reads one after the other, beside the polls and not in their way; what is asked for while it reads is left for later.
 */
export class CloserLooks {
  readonly #options: CloserLooksOptions;
  readonly #settled = new Map<string, Settled>();
  #looking: Promise<void> | undefined;

  constructor(options: CloserLooksOptions) {
    this.#options = options;
  }

  /** A run was content with a service whose detail has this digest, and has nothing left to do or to wait for. */
  settle(id: string, digest: string): void {
    this.#settled.set(id, { digest, untilMs: this.#options.observedMs() + trustedMs });
  }

  /** Something was said of a service, or done to it: only a run can tell whether that is right. */
  forget(id: string): void {
    this.#settled.delete(id);
  }

  /** Whether a look at the detail alone can tell that nothing is to be done. */
  canTell(id: string): boolean {
    const settled = this.#settled.get(id);
    return settled !== undefined && this.#options.observedMs() < settled.untilMs;
  }

  /** Looks at some services, unless it still looks at others. */
  look(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#looking ??= this.#look(ids).finally(() => (this.#looking = undefined));
  }

  /** Resolves when nothing is under way; the signal ends it. */
  async ended(): Promise<void> {
    await this.#looking;
  }

  /** Never rejects. */
  async #look(ids: readonly string[]): Promise<void> {
    const { clientset, signal, now, onSame, onOther } = this.#options;
    for (const id of ids) {
      const settled = this.#settled.get(id);
      if (settled === undefined) continue;
      const asOfMs = now();
      let isSame = false;
      try {
        isSame = (await clientset.services.getUnless(settled.digest, id, { signal })) === undefined;
      } catch (error) {
        // The next poll tells of a platform that does not answer, and comes back to these.
        if (signal.aborted || classifyFailure(error).type === 'unreachable') return;
      }
      // What was said meanwhile counts for more.
      if (this.#settled.get(id) !== settled) continue;
      if (isSame) onSame(id, asOfMs);
      else {
        this.#settled.delete(id);
        onOther(id);
      }
    }
  }
}
