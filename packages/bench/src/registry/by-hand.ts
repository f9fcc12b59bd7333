import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { ECSMService, type Manifest, type Stored } from '@ecsm/api-types';

import { openRawSqlite } from './raw-sqlite.js';

type Fields = Readonly<Record<string, unknown>>;

/** What is kept of an object: itself, and what was last applied to it. */
interface Row {
  readonly object: Stored<ECSMService>;
  readonly applied?: Manifest<ECSMService>;
}

/**
 * The writes of the registry by hand: all that they must do for what they promise, none of the layers, none of the errors
 * that say more than "no". From here to plain SQL is what the promises cost, from here to the registry what its design does.
 */
export interface ByHand extends Disposable {
  update(index: number, object: Stored<ECSMService>): Promise<void>;
  applyAll(manifests: readonly Manifest<ECSMService>[]): Promise<void>;
}

/** Fills a database with the objects. */
export function openByHand(folder: string, objects: readonly Stored<ECSMService>[]): ByHand {
  const database = openRawSqlite(
    folder,
    objects.map(({ metadata }) => metadata.name),
    objects.map((object) => JSON.stringify({ object } satisfies Row)),
    'by-hand.db',
  );
  const bell = openSync(join(folder, 'by-hand.db-bell'), 'w');
  let revision = 0;

  /** The row after a write that is in order. */
  const write = async (row: Row, wanted: Stored<ECSMService>, applied = row.applied): Promise<string> => {
    const { uid, generation, creationTimestamp } = row.object.metadata;
    const metadata = { ...wanted.metadata, uid, generation, creationTimestamp };
    const given: ECSMService = { ...wanted, metadata };
    const object = { ...given, ...ECSMService.applyDefaults?.(given), metadata };
    if (![given, object].every((each) => ECSMService.validateSchema?.(each))) throw new Error('the schema is broken');
    const context = { old: row.object, warn: () => undefined, read: () => Promise.resolve(undefined) };
    const errors = (await ECSMService.validate?.(object, context)) ?? [];
    if (errors.length > 0) throw new Error('a rule is broken');
    return JSON.stringify({ object, applied });
  };
  const ring = (): void => {
    writeSync(bell, `${String(++revision).padStart(16, '0')}\n`, 0);
  };

  return {
    async update(index, object) {
      const before = database.text(index);
      const after = await write(JSON.parse(before) as Row, object);
      if (after === before) return;
      // Where several wait for the disk, they go together.
      await nextTurn();
      database.update(index, after);
      ring();
    },
    async applyAll(manifests) {
      const texts: string[] = [];
      for (const [index, manifest] of manifests.entries()) {
        const row = database.get(index) as Row;
        texts.push(await write(row, merge(manifest, row.applied, row.object), manifest));
      }
      await nextTurn();
      database.updateAll(texts);
      ring();
    },
    [Symbol.dispose]: () => {
      closeSync(bell);
      database[Symbol.dispose]();
    },
  };
}

/** What the manifest says, over what others have set, without what it no longer says. */
function merge<Live extends object>(manifest: object, applied: object | undefined, live: Live): Live {
  const merged = { ...live } as Record<string, unknown>;
  for (const field of Object.keys(applied ?? {}))
    if (!Object.hasOwn(manifest, field)) Reflect.deleteProperty(merged, field);
  for (const [field, wanted] of Object.entries(manifest)) {
    const before = merged[field];
    const both = isFields(wanted) && isFields(before);
    const last = (applied as Fields | undefined)?.[field];
    merged[field] = both ? merge(wanted, isFields(last) ? last : undefined, before) : wanted;
  }
  return merged as Live;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
