import type { ApiObject, KindDefinition } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';
import { dryRunSuffix } from '../resources/write-options.js';
import { declaredColumns } from './declared-columns.js';
import type { OutputFormat } from './output-format.js';
import { groupOf, printItems } from './print-items.js';

/** An object that was written, and what became of it in one word. */
export interface Written {
  readonly kind: KindDefinition;
  readonly object: ApiObject;
  readonly outcome: string;
}

/** Tells what became of an object: in one line, or as the object in the format asked for. */
export async function printWritten(
  invocation: Invocation,
  { kind, object, outcome }: Written,
  format: OutputFormat | undefined,
  flags: { readonly 'dry-run': string },
): Promise<void> {
  const { name } = object.metadata;
  if (format === undefined) {
    invocation.print(`${kind.singular}/${name} ${outcome}${dryRunSuffix(flags)}\n`);
    return;
  }
  const columns = declaredColumns(kind, () => invocation.clock.now());
  const group = groupOf({ singular: kind.singular, items: [object], columns, nameOf: () => name });
  await printItems(invocation, [group], format, { single: true });
}
