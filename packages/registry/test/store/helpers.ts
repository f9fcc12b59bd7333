import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SqliteStore,
  type SqliteStoreOptions,
  type StoreEvent,
  type StoreKey,
  type StoreValue,
  type StoreWrite,
} from '@ecsm/registry';

/** A folder for the files of one test; removed when the test is over. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'ecsm-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The stores that one test opens on one file; they are closed, and the folder removed, when it is over. */
export class StoreFile implements AsyncDisposable {
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  readonly #opened: SqliteStore[] = [];

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.#folder = folder;
  }

  static async create(): Promise<StoreFile> {
    return new StoreFile(await temporaryFolder());
  }

  /** The folder that the file is in. */
  get folder(): string {
    return this.#folder.path;
  }

  get path(): string {
    return join(this.folder, 'registry.db');
  }

  async open(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
    const store = await SqliteStore.open({ path: this.path, ...options });
    this.#opened.push(store);
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#opened.splice(0)) await store.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** The key of a note. */
export function key(name: string, namespace = 'default', kind = 'notes'): StoreKey {
  return { kind, namespace, name };
}

/** What a note holds; `text` tells its states apart. */
export function value(text: string, overrides: Partial<StoreValue> = {}): StoreValue {
  return {
    value: JSON.stringify({ text }),
    uid: `uid-of-${text}`,
    generation: 1,
    labels: {},
    owners: [],
    ...overrides,
  };
}

/** A write that stores a note. */
export function put(
  of: StoreKey,
  text: string,
  overrides: Partial<StoreValue> = {},
): StoreWrite & { readonly type: 'put' } {
  return { type: 'put', key: of, ...value(text, overrides) };
}

/** Commits writes without checks. */
export function write(store: SqliteStore, ...writes: StoreWrite[]): Promise<number> {
  return store.commit({ checks: [], writes });
}

/** A write that removes a note. */
export function remove(of: StoreKey): StoreWrite {
  return { type: 'delete', key: of };
}

/** The next `count` events of a watch, which then ends. */
export async function take(watch: AsyncIterable<StoreEvent>, count: number): Promise<StoreEvent[]> {
  const events: StoreEvent[] = [];
  for await (const event of watch) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

/** An event in one line: `put a=1 created@2`, `delete a=1@3`, `progress@3`. */
export function show(event: StoreEvent): string {
  if (event.type === 'progress') return `progress@${event.revision}`;
  const { text } = JSON.parse(event.entry.value) as { text: string };
  const created = event.type === 'put' && event.created ? ' created' : '';
  return `${event.type} ${event.entry.key.name}=${text}${created}@${event.revision}`;
}
