import { parsePath, type FieldConflict } from '@ecsm/api-types';
import { cloneJson } from './clone-json.js';
import { equalJson } from './equal-json.js';
import { fieldName } from './field-name.js';
import { presentable } from './presentable.js';
import { isPlainObject } from './raw-object.js';
import { withoutField } from './without-field.js';

type Fields = Readonly<Record<string, unknown>>;

/** What goes into a three-way merge. */
export interface MergeInput {
  /** What the same manager applied last; absent the first time. */
  readonly base: Fields | undefined;
  /** What he applies now. */
  readonly mine: Fields;
  /** What is stored. */
  readonly live: Fields;
  /** Paths left alone when `mine` stops naming them. */
  readonly keep: readonly { readonly path: string; readonly warning: string }[];
  /** What other managers applied last: what they name is not removed. */
  readonly others: readonly Fields[];
  /** Whether the live value at a path is nothing but a default. */
  readonly isDefault: (path: readonly string[]) => boolean;
}

/** What comes out of it. */
export interface MergeResult {
  /** Shares with the live object what is as it was. */
  readonly object: Fields;
  /** Fields where the live object and the manifest both differ from what was applied last, and from each other. */
  readonly conflicts: readonly FieldConflict[];
  readonly warnings: readonly string[];
}

/**
 * Merges a manifest into the stored object: what it names is set, what it named last time and no longer does is removed,
 * all else stays. Objects merge field by field; lists are one value, except finalizers and owners, where only the
 * manager's own entries come and go.
 */
export function threeWayMerge(input: MergeInput): MergeResult {
  const merge = new Merge(input);
  const object = merge.fields(input.base, input.mine, input.live);
  return { object, conflicts: merge.conflicts, warnings: merge.warnings };
}

class Merge {
  readonly conflicts: FieldConflict[] = [];
  readonly warnings: string[] = [];
  readonly #input: MergeInput;
  /** Where the merge is. */
  readonly #path: string[] = [];

  constructor(input: MergeInput) {
    this.#input = input;
  }

  /** The merged fields; the live ones themselves where nothing differs. */
  fields(base: Fields | undefined, mine: Fields, live: Fields): Fields {
    const result = new Changes(live);
    for (const key of Object.keys(mine)) {
      this.#path.push(key);
      result.set(key, this.#set(own(base, key), mine[key], own(live, key)));
      this.#path.pop();
    }
    for (const key of base === undefined ? [] : Object.keys(base)) {
      if (Object.hasOwn(mine, key) || !Object.hasOwn(live, key)) continue;
      this.#path.push(key);
      result.set(key, this.#removed(base?.[key], live[key]));
      this.#path.pop();
    }
    return result.fields;
  }

  #set(base: unknown, wanted: unknown, live: unknown): unknown {
    const identify = this.#identify();
    if (identify !== undefined && Array.isArray(wanted)) return mergeSet(identify, base, wanted, live);
    if (isPlainObject(wanted) && isPlainObject(live)) {
      return this.fields(isPlainObject(base) ? base : undefined, wanted, live);
    }
    if (equalJson(wanted, live)) return live;
    // A field this manager never named conflicts with whatever somebody else put there, unless nobody did.
    const conflict =
      base === undefined
        ? live !== undefined && !this.#input.isDefault(this.#path)
        : !equalJson(wanted, base) && !equalJson(live, base);
    if (conflict) this.#conflict(live, wanted);
    // A copy: the merged object gets defaults and loses what its kind does not know, and the manifest stays what was said.
    return cloneJson(wanted);
  }

  /** What is left of a field that the manifest no longer names; `undefined` when nothing is. */
  #removed(base: unknown, live: unknown): unknown {
    const identify = this.#identify();
    if (identify !== undefined) {
      const left = mergeSet(identify, base, [], live);
      return left.length === 0 ? undefined : left;
    }
    if (isPlainObject(base) && isPlainObject(live)) {
      const left = this.fields(base, {}, live);
      return Object.keys(left).length === 0 ? undefined : left;
    }
    const at = this.#path.join('.');
    const kept = this.#input.keep.find(({ path }) => parsePath(path).join('.') === at);
    if (kept !== undefined) {
      this.warnings.push(kept.warning);
      return live;
    }
    if (this.#input.others.some((other) => names(other, this.#path))) return live;
    if (!equalJson(base, live) && !this.#input.isDefault(this.#path)) this.#conflict(live, undefined);
    return undefined;
  }

  #conflict(live: unknown, wanted: unknown): void {
    this.conflicts.push({
      field: `.${fieldName(this.#path)}`,
      live: presentable(this.#path, live),
      wanted: presentable(this.#path, wanted),
    });
  }

  /** What tells the entries of a list apart that several writers share; `undefined` where the place holds none. */
  #identify(): ((entry: unknown) => unknown) | undefined {
    const [first, second] = this.#path;
    return first === 'metadata' && this.#path.length === 2 ? sharedLists.get(second ?? '') : undefined;
  }
}

/** Fields that are copied when the first of them changes, so that what stays as it is costs nothing. */
class Changes {
  readonly #live: Fields;
  #copy: Record<string, unknown> | undefined;

  constructor(live: Fields) {
    this.#live = live;
  }

  get fields(): Fields {
    return this.#copy ?? this.#live;
  }

  /** @param value - `undefined` removes the field */
  set(key: string, value: unknown): void {
    if (value === this.#live[key] && Object.hasOwn(this.#live, key)) return;
    if (value === undefined) {
      this.#copy = withoutField(this.fields, key);
    } else {
      this.#copy ??= { ...this.#live };
      this.#copy[key] = value;
    }
  }
}

/** Lists of the metadata that several writers share, and what tells their entries apart. */
const sharedLists: ReadonlyMap<string, (entry: unknown) => unknown> = new Map([
  ['finalizers', (entry: unknown) => entry],
  ['ownerReferences', (entry: unknown) => (isPlainObject(entry) ? entry['uid'] : entry)],
]);

function mergeSet(
  identify: (entry: unknown) => unknown,
  base: unknown,
  wanted: readonly unknown[],
  live: unknown,
): unknown[] {
  const dropped = listOf(base).map(identify);
  const mine = new Map(wanted.map((entry) => [identify(entry), entry]));
  const kept = listOf(live).flatMap((entry) => {
    const id = identify(entry);
    const own = mine.get(id);
    mine.delete(id);
    return own !== undefined ? [own] : dropped.includes(id) ? [] : [entry];
  });
  return [...kept, ...mine.values()];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function own(fields: Fields | undefined, key: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function names(fields: Fields, path: readonly string[]): boolean {
  let value: unknown = fields;
  for (const step of path) {
    if (!isPlainObject(value) || !Object.hasOwn(value, step)) return false;
    value = value[step];
  }
  return true;
}
