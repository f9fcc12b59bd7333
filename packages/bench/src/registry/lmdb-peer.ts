import { join } from 'node:path';

import { open } from 'lmdb';

/** The same objects in lmdb, with conditional puts by version. */
export interface LmdbPeer extends AsyncDisposable {
  update(index: number, value: string): Promise<void>;
}

/** Fills an lmdb environment; each put resolves when it is on the disk. */
export async function openLmdb(folder: string, names: readonly string[], values: readonly string[]): Promise<LmdbPeer> {
  const database = open<string, string>({ path: join(folder, 'lmdb'), useVersions: true, encoding: 'string' });
  await Promise.all(names.map((name, index) => database.put(name, values[index] ?? '', 1)));
  await database.flushed;
  const versions = names.map(() => 1);
  return {
    async update(index, value) {
      const version = versions[index] ?? 1;
      if (!(await database.put(names[index] ?? '', value, version + 1, version))) throw new Error('lost update');
      versions[index] = version + 1;
      await database.flushed;
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}
