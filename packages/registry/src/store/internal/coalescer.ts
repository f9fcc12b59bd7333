import type { StoreEvent } from '../store.js';
import type { LogRow } from './change-log.js';
import { keyText } from './key-order.js';
import { sameLabels } from './same-labels.js';

/** What a watcher was not told about a key because a later row will tell it. */
interface Untold {
  readonly created: boolean;
  readonly previousLabels: Readonly<Record<string, string>> | undefined;
}

/**
 * Turns log rows into the events of one watcher: a row whose state has been replaced since is left out, and what it
 * would have told (that the key was new, which labels it had) is told with the row that replaced it.
 */
export class Coalescer {
  /** Holds only keys whose left-out rows created them or changed labels, and only until their next event. */
  readonly #untold = new Map<string, Untold>();

  /** Whether everything up to the last row has been told. */
  get isEmpty(): boolean {
    return this.#untold.size === 0;
  }

  /** The event of a row, or `undefined` when a later row will tell it. */
  take(row: LogRow): StoreEvent | undefined {
    const { revision } = row;
    if (row.type === 'put' && row.entry === undefined) {
      this.#leaveOut(row);
      return undefined;
    }
    const untold = this.#takeUntold(row);
    if (row.type === 'delete') {
      return { type: 'delete', revision, entry: row.entry, ...labelsBefore(untold, row.entry.labels) };
    }
    if (row.entry === undefined) return undefined;
    const created = untold?.created ?? row.created;
    const before = untold ?? row;
    return {
      type: 'put',
      revision,
      entry: row.entry,
      created,
      ...(created ? {} : labelsBefore(before, row.entry.labels)),
    };
  }

  #leaveOut(row: LogRow & { readonly type: 'put' }): void {
    if (!row.created && row.previousLabels === undefined) return;
    const key = keyText(row.key);
    // The first row left out knows what the watcher saw last; a later one tells of a state it never saw.
    if (!this.#untold.has(key)) this.#untold.set(key, row);
  }

  #takeUntold(row: LogRow): Untold | undefined {
    if (this.#untold.size === 0) return undefined;
    const key = keyText(row.key);
    const untold = this.#untold.get(key);
    this.#untold.delete(key);
    return untold;
  }
}

function labelsBefore(
  before: Pick<Untold, 'previousLabels'> | undefined,
  now: Readonly<Record<string, string>>,
): { readonly previousLabels?: Readonly<Record<string, string>> } {
  const labels = before?.previousLabels;
  return labels === undefined || sameLabels(labels, now) ? {} : { previousLabels: labels };
}
