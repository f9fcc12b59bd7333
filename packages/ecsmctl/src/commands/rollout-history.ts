import { ControllerRevision, type ServiceTemplate } from '@ecsm/api-types';
import { canonicalJson } from '@ecsm/planner';

import { CliError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { rolloutHistoryFlags, rolloutUndoFlags } from '../definitions/rollout.js';
import { formatAge } from '../output/age.js';
import { maskSecrets } from '../output/mask.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, printItems } from '../output/print-items.js';
import { toYaml } from '../output/serialize.js';
import { label, oneService, withHint } from '../resources/one-object.js';
import { revisionsOf } from '../resources/revisions-of.js';
import { dryRunSuffix, writeOptions } from '../resources/write-options.js';

function templateOf(revision: ControllerRevision): ServiceTemplate {
  const { template } = revision.data as { readonly template?: ServiceTemplate };
  if (template === undefined) throw new CliError(`revision ${revision.revision} holds no template`);
  return template;
}

function findRevision(revisions: readonly ControllerRevision[], wanted: number, name: string): ControllerRevision {
  const found = revisions.find(({ revision }) => revision === wanted);
  if (found !== undefined) return found;
  const known = revisions.map(({ revision }) => revision).join(', ');
  throw new CliError(`${name} has no revision ${wanted}`, {
    hint: known === '' ? 'no revisions are kept' : `kept are ${known}`,
    exitCode: exitCodes.notFound,
  });
}

/** Lists kept revisions, or shows one. */
export const rolloutHistory: Handler<typeof rolloutHistoryFlags> = async (invocation, flags) => {
  const named = await oneService(invocation, invocation.args, 'rollout history');
  const { client, name } = named;
  const service = await withHint(invocation, named, () => client.get(name, { signal: invocation.signal }));
  const revisions = await revisionsOf(invocation, service);
  // Nought is kubectl's word for no number.
  if (flags.revision !== undefined && flags.revision !== 0) {
    const revision = findRevision(revisions, flags.revision, name);
    invocation.print(`${name} revision ${revision.revision}\n\n${await toYaml(maskSecrets(templateOf(revision)))}`);
    return;
  }
  if (revisions.length === 0) {
    invocation.note(`No revisions of ${name} found.\n`);
    return;
  }
  const now = invocation.clock.now();
  const group = groupOf<ControllerRevision>({
    singular: ControllerRevision.singular,
    items: revisions,
    columns: [
      { heading: 'REVISION', value: ({ revision }) => revision },
      { heading: 'IMAGE', value: (item) => templateOf(item).image },
      { heading: 'AGE', value: ({ metadata }) => formatAge(metadata.creationTimestamp, now) },
      { heading: 'NAME', value: ({ metadata }) => metadata.name },
    ],
    nameOf: ({ metadata }) => metadata.name,
  });
  await printItems(invocation, [group], parseOutputFormat(flags.output));
};

/** Returns to an earlier revision by making its template the present one. */
export const rolloutUndo: Handler<typeof rolloutUndoFlags> = async (invocation, flags) => {
  const named = await oneService(invocation, invocation.args, 'rollout undo');
  const { client, name } = named;
  const service = await withHint(invocation, named, () => client.get(name, { signal: invocation.signal }));
  const revisions = await revisionsOf(invocation, service);
  const wanted = flags['to-revision'] ?? 0;
  const present = canonicalJson(service.spec.template);
  const target =
    wanted === 0
      ? revisions.findLast((revision) => canonicalJson(templateOf(revision)) !== present)
      : findRevision(revisions, wanted, name);
  if (target === undefined) {
    throw new CliError(`${name} has no earlier revision to return to`, { hint: `ecsmctl rollout history es/${name}` });
  }
  const patch = [{ op: 'replace', path: '/spec/template', value: templateOf(target) }];
  await client.patch(name, { type: 'json', patch }, writeOptions(invocation, flags));
  invocation.print(`${label(named)} rolled back to revision ${target.revision}${dryRunSuffix(flags)}\n`);
};
