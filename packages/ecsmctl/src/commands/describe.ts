import { ReportedError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { reasonOf } from '../cli/present-error.js';
import { tellError } from '../cli/tell-error.js';
import type { describeFlags } from '../definitions/describe.js';
import { clientOf, listDeclared } from '../resources/declared-objects.js';
import { explainMissing } from '../resources/one-object.js';
import { checkNamedAlone, parseTargets, type Target } from '../resources/targets.js';

type DescribeFlags = ValuesOf<typeof describeFlags>;

/** The descriptions of a target's objects, one after the other; what is missing is reported and skipped. */
async function* descriptions(
  invocation: Invocation,
  { type, names }: Target,
  flags: DescribeFlags,
): AsyncIterable<string | { readonly missing: unknown }> {
  if (type.world === 'platform') {
    const { describePlatform } = await import('./describe-platform.js');
    yield* describePlatform(invocation, type.kind, names, flags);
    return;
  }
  const [{ describeDeclared }, { PlatformView }] = await Promise.all([
    import('./describe-declared.js'),
    import('../resources/platform-view.js'),
  ]);
  const options = { platform: new PlatformView(invocation), showEvents: flags['show-events'] };
  const registry = await invocation.registry();
  if (names === undefined) {
    for (const object of await listDeclared(invocation, registry, type.kind, flags)) {
      yield await describeDeclared(invocation, type.kind, object, options);
    }
    return;
  }
  checkNamedAlone('names', flags);
  const client = await clientOf(invocation, registry, type.kind);
  for (const name of names) {
    try {
      const object = await client.get(name, { signal: invocation.signal });
      yield await describeDeclared(invocation, type.kind, object, options);
    } catch (error) {
      if (reasonOf(error) !== 'NotFound') throw error;
      yield { missing: await explainMissing(invocation, { kind: type.kind, name }, error) };
    }
  }
}

/** Describes objects of both worlds. */
export const describe: Handler<typeof describeFlags> = async (invocation, flags) => {
  let count = 0;
  let missing = 0;
  const targets = parseTargets(invocation.args, await invocation.scheme());
  for (const target of targets) {
    for await (const description of descriptions(invocation, target, flags)) {
      if (typeof description === 'string') {
        invocation.print(count++ === 0 ? description : `\n\n${description}`);
        continue;
      }
      missing++;
      tellError(invocation.io.stderr, description.missing);
    }
  }
  if (missing > 0) throw new ReportedError('not found', { exitCode: exitCodes.notFound });
  if (count === 0) invocation.note(`No ${targets.map(({ type }) => type.kind.plural).join(', ')} found.\n`);
};
