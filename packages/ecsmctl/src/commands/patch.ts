import type { Patch } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { loadYaml } from '../configuration/load-yaml.js';
import type { patchFlags } from '../definitions/write.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printWritten } from '../output/print-written.js';
import { oneObject, withHint } from '../resources/one-object.js';
import { readNamed } from '../resources/read-named.js';
import { writeOptions } from '../resources/write-options.js';

async function readPatch(invocation: Invocation, flags: ValuesOf<typeof patchFlags>): Promise<Patch> {
  const file = flags['patch-file'];
  if (flags.patch !== undefined && file !== undefined)
    throw new UsageError('-p and --patch-file cannot be given together');
  const text = file === undefined ? flags.patch : await readNamed(file, invocation.io);
  if (text === undefined)
    throw new UsageError('what to change? -p is missing', `for example -p '{"spec":{"paused":true}}'`);
  const value = await loadYaml(text, (reason) => new UsageError(`the patch is neither JSON nor YAML: ${reason}`));
  if (flags.type === 'merge') return { type: 'merge', patch: value };
  if (Array.isArray(value)) return { type: 'json', patch: value };
  throw new UsageError(
    'a patch of type json is a list of operations',
    `for example '[{"op":"remove","path":"/spec/paused"}]'`,
  );
}

/** Changes fields of an object. */
export const patch: Handler<typeof patchFlags> = async (invocation, flags) => {
  const format = flags.output === undefined ? undefined : parseOutputFormat(flags.output);
  const change = await readPatch(invocation, flags);
  const object = await oneObject(invocation, invocation.args, 'patch');
  const { client, name, kind } = object;
  const subresource = flags.subresource as 'spec' | 'status';
  await withHint(invocation, object, async () => {
    const before = await client.get(name, { signal: invocation.signal });
    const after = await client.patch(name, change, { ...writeOptions(invocation, flags), subresource });
    const outcome = JSON.stringify(before) === JSON.stringify(after) ? 'patched (no change)' : 'patched';
    await printWritten(invocation, { kind, object: after, outcome }, format, flags);
  });
};
