import { readPath } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { scaleFlags } from '../definitions/write.js';
import { chooseObjects } from '../resources/choose-objects.js';
import { forEachObject } from '../resources/for-each-object.js';
import { label } from '../resources/one-object.js';
import { dryRunSuffix, writeOptions } from '../resources/write-options.js';

/** Sets the wanted number of instances through the scale subresource. */
export const scale: Handler<typeof scaleFlags> = async (invocation, flags) => {
  const { replicas } = flags;
  if (replicas === undefined) throw new UsageError('how many? --replicas is missing', 'for example --replicas 3');
  // kubectl's word for whatever number it is.
  const expected = flags['current-replicas'] === -1 ? undefined : flags['current-replicas'];
  const objects = await chooseObjects(invocation, invocation.args, flags, 'scale');
  // Before any is written: a mistake in the line should leave all as they are.
  const fixed = objects.find(({ kind }) => kind.subresources.scale === undefined)?.kind;
  if (fixed !== undefined)
    throw new UsageError(`${fixed.plural} cannot be scaled`, 'ecsmctl scale es NAME scales a service');
  if (objects.length === 0) invocation.note('Nothing matches.\n');
  await forEachObject(invocation, objects, async (object) => {
    const { client, kind, name } = object;
    if (expected !== undefined) {
      const found = await client.get(name, { signal: invocation.signal });
      const now = readPath(found, kind.subresources.scale?.specReplicasPath ?? '');
      if (now !== expected) {
        const message = `${label(object)} has ${String(now)} wanted instances, not ${expected}; it is left as it is`;
        throw new CliError(message, { exitCode: exitCodes.conflict });
      }
    }
    await client.scale(name, replicas, writeOptions(invocation, flags));
    invocation.print(`${label(object)} scaled to ${replicas}${dryRunSuffix(flags)}\n`);
  });
};
