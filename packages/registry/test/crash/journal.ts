import type { StoreKey } from '../../src/index.js';

/** What one commit was to leave under its keys: the uid written, or `null` for a deletion. */
export type Intent = readonly (readonly [key: StoreKey, uid: string | null])[];

/** A commit that was acknowledged. */
export interface Acknowledged {
  readonly revision: number;
  readonly intent: Intent;
}

/** What a writer said before it was killed. */
export interface Testimony {
  readonly acknowledged: readonly Acknowledged[];
  /** The commit under way at the kill: it may have happened or not, but wholly or not at all. */
  readonly open: Intent | undefined;
}

/** Reads what a writer wrote on its standard output; a last line that is cut counts as not said. */
export function readTestimony(output: string): Testimony {
  const acknowledged: Acknowledged[] = [];
  let open: Intent | undefined;
  for (const line of output.split('\n').slice(0, -1)) {
    if (line.startsWith('> ')) {
      open = JSON.parse(line.slice(2)) as Intent;
    } else {
      if (line.startsWith('= ') && open !== undefined)
        acknowledged.push({ revision: Number(line.slice(2)), intent: open });
      open = undefined;
    }
  }
  return { acknowledged, open };
}

/** The newest state of a key that is known to have been committed. */
export interface KnownState {
  readonly key: StoreKey;
  readonly revision: number;
  /** `null` for a deletion. */
  readonly uid: string | null;
  /** Whether a writer was killed while it removed this key, so that it may be gone or not. */
  readonly mayBeDeleted: boolean;
}

/** What is known to have been committed, over all rounds and writers. */
export class Journal {
  readonly #states = new Map<string, KnownState>();
  readonly #revisions = new Set<number>();
  newest = 0;

  /** Takes note of what was acknowledged; complains about a revision that was given twice. */
  add({ revision, intent }: Acknowledged): readonly string[] {
    const problems = this.#revisions.has(revision) ? [`revision ${revision} was acknowledged twice`] : [];
    this.#revisions.add(revision);
    this.newest = Math.max(this.newest, revision);
    for (const [key, uid] of intent) {
      const text = JSON.stringify(key);
      if ((this.#states.get(text)?.revision ?? 0) < revision) {
        this.#states.set(text, { key, revision, uid, mayBeDeleted: false });
      }
    }
    return problems;
  }

  mayBeDeleted(key: StoreKey): void {
    this.#change(key, { mayBeDeleted: true });
  }

  wasDeleted(key: StoreKey): void {
    this.#change(key, { uid: null });
  }

  /** What a killed writer left open is settled by what was found. */
  endRound(): void {
    for (const { key } of this.#states.values()) this.#change(key, { mayBeDeleted: false });
  }

  states(): readonly KnownState[] {
    return [...this.#states.values()];
  }

  #change(key: StoreKey, change: Partial<KnownState>): void {
    const text = JSON.stringify(key);
    const state = this.#states.get(text);
    if (state !== undefined) this.#states.set(text, { ...state, ...change });
  }
}
