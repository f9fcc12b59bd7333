import { readPath } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { scaleFlags } from '../definitions/write.js';
import { label, namedObjects, withHint } from '../resources/one-object.js';
import { dryRunSuffix, writeOptions } from '../resources/write-options.js';

/** Sets the wanted number of instances through the scale subresource. */
export const scale: Handler<typeof scaleFlags> = async (invocation, flags) => {
  const { replicas } = flags;
  if (replicas === undefined) throw new UsageError('how many? --replicas is missing', 'for example --replicas 3');
  const expected = flags['current-replicas'];
  const objects = await namedObjects(invocation, invocation.args, 'scale');
  // Before any is written: a mistake in the line should leave all as they are.
  const fixed = objects.find(({ kind }) => kind.subresources.scale === undefined)?.kind;
  if (fixed !== undefined)
    throw new UsageError(`${fixed.plural} cannot be scaled`, 'ecsmctl scale es NAME scales a service');
  for (const object of objects) {
    const { client, kind, name } = object;
    await withHint(invocation, object, async () => {
      if (expected !== undefined) {
        const found = await client.get(name, { signal: invocation.signal });
        const now = readPath(found, kind.subresources.scale?.specReplicasPath ?? '');
        if (now !== expected) {
          const message = `${label(object)} has ${String(now)} wanted instances, not ${expected}; it is left as it is`;
          throw new CliError(message, { exitCode: exitCodes.conflict });
        }
      }
      await client.scale(name, replicas, writeOptions(invocation, flags));
    });
    invocation.print(`${label(object)} scaled to ${replicas}${dryRunSuffix(flags)}\n`);
  }
};
