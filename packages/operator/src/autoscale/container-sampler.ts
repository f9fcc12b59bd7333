import { formatKey, type Clock, type ObjectKey, type Timer } from '@ecsm/api-types';
import { isEcsmClientError, type BadRow, type Clientset } from '@ecsm/ecsm-client';
import type { Logger } from '@ecsm/controller-runtime';
import { containerFigures, type ContainerFigures } from '@ecsm/planner';

import { messageLine } from '../internal/message-line.js';
import type { Reachability } from '../platform/observation.js';

/** What the last look at the containers of a target gave. */
export type ContainerSample =
  | { readonly type: 'read'; readonly containers: readonly ContainerFigures[] }
  /** The request failed, or part of its answer made no sense. */
  | { readonly type: 'unread'; readonly problem: string }
  /** Nobody was asked, since the platform does not answer at all. */
  | { readonly type: 'outage'; readonly long: boolean };

/** Options of {@link ContainerSampler}. */
export interface ContainerSamplerOptions {
  readonly clientset: Clientset;
  readonly clock: Clock;
  readonly log: Logger;
  readonly periodMs: number;
  readonly reachability: () => Reachability;
  /** Told after every look, with whoever wants figures. */
  readonly onSample: (keys: readonly ObjectKey[]) => void;
}

/** How soon the first look follows the first wish, so that many wishes at a start share it: milliseconds. */
const firstLookMs = 1000;
/** Services asked for at once: a failed request concerns no more than these. */
const servicesPerRequest = 100;

interface Wish {
  readonly key: ObjectKey;
  /** The platform services to look at, asked at every look. */
  readonly serviceIds: () => readonly string[];
}

/**
 * Reads the figures of containers, at one moment in each period, for all who want them together.
 *
 * A hundred services cost one request (and one more for each hundred containers), whoever many autoscalers there are;
 * without any there is no request and no timer.
 */
export class ContainerSampler {
  readonly #options: ContainerSamplerOptions;
  readonly #wishes = new Map<string, Wish>();
  readonly #samples = new Map<string, ContainerSample>();
  /** Why the last look that failed did; `undefined` when all of the last one could be read. */
  #problem: string | undefined;
  #signal: AbortSignal | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: ContainerSamplerOptions) {
    this.#options = options;
  }

  /** From now on has the containers of these services looked at, and the key told after every look. */
  want(key: ObjectKey, serviceIds: () => readonly string[]): void {
    this.#wishes.set(formatKey(key), { key, serviceIds });
    if (this.#timer === undefined && this.#looking === undefined) this.#schedule(firstLookMs);
  }

  /** Ends a wish. */
  drop(key: ObjectKey): void {
    this.#wishes.delete(formatKey(key));
    this.#samples.delete(formatKey(key));
  }

  /** What the last look gave; `undefined` before the first. */
  latest(key: ObjectKey): ContainerSample | undefined {
    return this.#samples.get(formatKey(key));
  }

  /** Looks until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    if (this.#wishes.size > 0) this.#schedule(firstLookMs);
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    this.#timer?.cancel();
    await this.#looking;
  }

  #schedule(delayMs: number): void {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted || this.#wishes.size === 0) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      const beganMs = this.#options.clock.monotonicNow();
      this.#looking = this.#look(signal).finally(() => {
        this.#looking = undefined;
        const tookMs = this.#options.clock.monotonicNow() - beganMs;
        this.#schedule(Math.max(0, this.#options.periodMs - tookMs));
      });
    }, delayMs);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const wishes = [...this.#wishes.values()].map(({ key, serviceIds }) => ({ key, ids: serviceIds() }));
    const outage = this.#outage();
    const ids = outage === undefined ? [...new Set(wishes.flatMap((wish) => wish.ids))] : [];
    const byService = await this.#read(ids, signal);
    if (signal.aborted) return;
    for (const wish of wishes) {
      const text = formatKey(wish.key);
      if (this.#wishes.has(text)) this.#samples.set(text, outage ?? joined(wish.ids, byService));
    }
    this.#options.onSample(wishes.map(({ key }) => key));
  }

  #outage(): ContainerSample | undefined {
    const reachability = this.#options.reachability();
    if (reachability.state === 'reachable') return undefined;
    return { type: 'outage', long: reachability.state === 'unreachable' && reachability.long };
  }

  async #read(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ContainerSample>> {
    const samples = new Map<string, ContainerSample>();
    for (let from = 0; from < ids.length && !signal.aborted; from += servicesPerRequest) {
      await this.#readGroup(ids.slice(from, from + servicesPerRequest), samples, signal);
    }
    if ([...samples.values()].every(({ type }) => type === 'read')) this.#problem = undefined;
    return samples;
  }

  async #readGroup(ids: readonly string[], samples: Map<string, ContainerSample>, signal: AbortSignal): Promise<void> {
    const found = new Map<string, ContainerFigures[]>(ids.map((id) => [id, []]));
    const unreadable: BadRow[] = [];
    const onBadRow = (row: BadRow): unknown => unreadable.push(row);
    try {
      for await (const row of this.#options.clientset.containers.allByServices(ids, {}, { signal, onBadRow })) {
        found.get(row.serviceId)?.push(containerFigures(row));
      }
    } catch (error) {
      if (signal.aborted) return;
      const problem = isEcsmClientError(error) ? error.code : 'unexpected failure';
      // A look that fails like the one before it is no news.
      const level = problem === this.#problem ? 'debug' : 'warn';
      this.#options.log[level]({ error: messageLine(error) }, "the containers' figures could not be read");
      this.#problem = problem;
      for (const id of ids) samples.set(id, { type: 'unread', problem });
      return;
    }
    for (const [id, containers] of found) samples.set(id, { type: 'read', containers });
    // A container that cannot be read is there all the same: without it the rest would look like all there is.
    for (const { row, problem } of unreadable) {
      const owner = serviceIdOf(row);
      const concerned = owner === undefined ? ids : [owner];
      for (const id of concerned) samples.set(id, { type: 'unread', problem });
    }
  }
}

function serviceIdOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null || !('serviceId' in row)) return undefined;
  return typeof row.serviceId === 'string' ? row.serviceId : undefined;
}

/** The samples of several services as one; what failed for one failed for all. */
function joined(ids: readonly string[], byService: ReadonlyMap<string, ContainerSample>): ContainerSample {
  const samples = ids.map((id) => byService.get(id) ?? ({ type: 'unread', problem: 'not read' } as const));
  const failed = samples.find(({ type }) => type !== 'read');
  if (failed !== undefined) return failed;
  return { type: 'read', containers: samples.flatMap((sample) => (sample.type === 'read' ? sample.containers : [])) };
}
