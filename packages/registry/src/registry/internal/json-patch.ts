import { cloneJson } from './clone-json.js';
import { equalJson } from './equal-json.js';
import { isPlainObject } from './raw-object.js';

/** An operation that cannot be carried out. */
export class JsonPatchFailure extends Error {
  override readonly name = 'JsonPatchFailure';
  /** Which operation of the patch, counted from 0. */
  readonly index: number;
  /** Whether the patch itself is malformed, rather than at odds with the object. */
  readonly malformed: boolean;
  /** The value at the path, where a `test` failed. */
  readonly found: unknown;
  readonly path: string;

  constructor(options: { index: number; path: string; rule: string; malformed?: boolean; found?: unknown }) {
    super(options.rule);
    this.index = options.index;
    this.path = options.path;
    this.malformed = options.malformed ?? false;
    this.found = options.found;
  }
}

/**
 * Carries out a JSON Patch (RFC 6902) on a value, which it changes. Looks at own fields only, so that no path leads out
 * of the value into a prototype.
 *
 * @returns the patched value: another one when an operation replaced the whole
 * @throws JsonPatchFailure at the first operation that does not fit
 */
export function applyJsonPatch(target: unknown, operations: readonly unknown[]): unknown {
  let root = target;
  for (const [index, operation] of operations.entries()) root = applyOperation(root, operation, index);
  return root;
}

function applyOperation(root: unknown, operation: unknown, index: number): unknown {
  const malformed = (rule: string): JsonPatchFailure =>
    new JsonPatchFailure({ index, path: '', rule, malformed: true });
  if (!isPlainObject(operation)) throw malformed('must be an object with op and path');
  const { op, path, from } = operation;
  if (typeof path !== 'string') throw malformed('must have a path');
  const value = (): unknown => {
    if (!Object.hasOwn(operation, 'value')) throw malformed(`must have a value, as op is ${JSON.stringify(op)}`);
    return cloneJson(operation['value']);
  };
  const source = (): string => {
    if (typeof from !== 'string') throw malformed(`must have a from, as op is ${JSON.stringify(op)}`);
    return from;
  };
  const at = new Location(root, path, index);
  switch (op) {
    case 'add':
      return at.add(value());
    case 'remove':
      at.read();
      return at.remove();
    case 'replace': {
      const next = value();
      at.read();
      return at.replace(next);
    }
    case 'move': {
      const origin = source();
      if (path.startsWith(`${origin}/`)) throw malformed('must not move a value into itself');
      const moved = new Location(root, origin, index);
      const content = moved.read();
      if (origin === path) return root;
      return new Location(moved.remove(), path, index).add(content);
    }
    case 'copy':
      return at.add(cloneJson(new Location(root, source(), index).read()));
    case 'test': {
      const expected = value();
      const found = at.read();
      if (!equalJson(found, expected)) {
        throw new JsonPatchFailure({ index, path, rule: `must equal ${JSON.stringify(expected)}`, found });
      }
      return root;
    }
    default:
      throw malformed(`must have one of the ops add, remove, replace, move, copy, test, not ${JSON.stringify(op)}`);
  }
}

/** Where a JSON pointer (RFC 6901) leads in a value. */
class Location {
  readonly #root: unknown;
  readonly #path: string;
  readonly #index: number;
  /** What holds the place; `undefined` when the place is the whole value. */
  readonly #parent: object | undefined;
  readonly #step: string;

  constructor(root: unknown, path: string, index: number) {
    this.#root = root;
    this.#path = path;
    this.#index = index;
    if (path !== '' && !path.startsWith('/')) {
      throw new JsonPatchFailure({
        index,
        path,
        rule: 'must have a path that is empty or starts with "/"',
        malformed: true,
      });
    }
    const tokens = path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    this.#step = tokens.pop() ?? '';
    if (path === '') return;
    let parent: unknown = root;
    for (const token of tokens) parent = child(parent, token);
    if (typeof parent !== 'object' || parent === null) throw this.#missing();
    this.#parent = parent;
    if (this.#step === '__proto__') throw new JsonPatchFailure({ index, path, rule: 'must not be named __proto__' });
  }

  /** The value at the place, which must be there. */
  read(): unknown {
    if (this.#parent === undefined) return this.#root;
    const value = child(this.#parent, this.#step);
    if (value === undefined) throw this.#missing();
    return value;
  }

  add(value: unknown): unknown {
    if (!Array.isArray(this.#parent)) return this.replace(value);
    const at = this.#step === '-' ? this.#parent.length : listIndex(this.#step);
    if (at === undefined || at > this.#parent.length) throw this.#missing();
    this.#parent.splice(at, 0, value);
    return this.#root;
  }

  replace(value: unknown): unknown {
    if (this.#parent === undefined) return value;
    (this.#parent as Record<string, unknown>)[this.#step] = value;
    return this.#root;
  }

  remove(): unknown {
    if (this.#parent === undefined) return undefined;
    if (Array.isArray(this.#parent)) this.#parent.splice(Number(this.#step), 1);
    else Reflect.deleteProperty(this.#parent, this.#step);
    return this.#root;
  }

  #missing(): JsonPatchFailure {
    return new JsonPatchFailure({ index: this.#index, path: this.#path, rule: 'does not exist' });
  }
}

function child(value: unknown, token: string): unknown {
  if (Array.isArray(value)) {
    const index = listIndex(token);
    return index === undefined ? undefined : (value as readonly unknown[])[index];
  }
  return isPlainObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** A place in a list as RFC 6901 writes it: digits without leading zeros. */
function listIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(token) ? Number(token) : undefined;
}
