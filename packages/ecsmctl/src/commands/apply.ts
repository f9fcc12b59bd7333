import type { ApiObject, Stored } from '@ecsm/api-types';
import type { ApplyAllResult } from '@ecsm/registry';
import type { DecodedManifest, ManifestSource } from '@ecsm/registry/manifests';

import { ReportedError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { commonExitCode, exitCodes, type ExitCode } from '../cli/exit-code.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { applyFlags } from '../definitions/write.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printWritten } from '../output/print-written.js';
import { rehearse } from '../resources/rehearse.js';
import { applyOptions } from './apply-options.js';
import { isGood, readDocuments, type GoodDocument } from './manifest-documents.js';
import { tellRefusal } from './tell-refusal.js';

type ApplyFlags = ValuesOf<typeof applyFlags>;

/** What became of one document. */
type Outcome = { readonly source: ManifestSource } & ApplyAllResult;

/** Applies the documents that could be read, in order. */
async function applyDocuments(
  invocation: Invocation,
  documents: readonly GoodDocument[],
  flags: ApplyFlags,
): Promise<readonly ApplyAllResult[]> {
  if (flags['dry-run'] === 'client') {
    // Nothing is asked of the registry, so the object is what the manifest says.
    return documents.map(({ manifest }) => ({ outcome: 'configured', object: manifest as Stored<ApiObject> }));
  }
  const registry = await invocation.writableRegistry();
  const manifests = documents.map(({ manifest }) => manifest);
  const options = await applyOptions(invocation, documents, flags);
  if (options.dryRun === true && !flags.atomic) return rehearse(registry, manifests, options);
  return registry.applyAll(manifests, { ...options, atomic: flags.atomic });
}

/** Applies what can be applied and puts the outcomes into the order of the documents. */
async function carryOut(
  invocation: Invocation,
  decoded: readonly DecodedManifest[],
  flags: ApplyFlags,
): Promise<readonly Outcome[]> {
  const good = decoded.filter(isGood);
  const stopped = flags.atomic && good.length < decoded.length;
  const results = stopped || good.length === 0 ? [] : await applyDocuments(invocation, good, flags);
  return decoded.map((each): Outcome => {
    const { source, error } = each;
    if (error !== undefined) return { source, outcome: 'failed', error };
    return { source, ...(results[good.indexOf(each)] ?? { outcome: 'skipped' }) };
  });
}

/** What became of the other documents when some were refused. */
function tellFate(invocation: Invocation, outcomes: readonly Outcome[], refused: number, atomic: boolean): void {
  const all = outcomes.length;
  const applied = atomic ? 0 : all - refused;
  const rest = applied === 0 ? 'nothing was applied' : `the other ${applied} ${applied === 1 ? 'was' : 'were'} applied`;
  const total = `${refused} of ${all} document${all === 1 ? '' : 's'} ${refused === 1 ? 'was' : 'were'} refused`;
  invocation.note(`${total}; ${rest}${atomic ? ' (--atomic)' : ''}\n`);
}

/** Applies manifests and says of each document what became of it. */
export const apply: Handler<typeof applyFlags> = async (invocation, flags) => {
  if (flags.prune && flags.selector === undefined) {
    throw new UsageError('--prune needs -l, so that it deletes nothing that others applied', 'for example -l app=web');
  }
  if (!flags.prune && flags.selector !== undefined) throw new UsageError('-l belongs to --prune');
  const format = flags.output === undefined ? undefined : parseOutputFormat(flags.output);
  const outcomes = await carryOut(invocation, await readDocuments(invocation, flags), flags);
  const scheme = await invocation.scheme();
  const codes: ExitCode[] = [];
  for (const each of outcomes) {
    if (each.outcome === 'failed') {
      codes.push(tellRefusal(invocation, each.source, each.error));
    } else if (each.outcome !== 'skipped') {
      const { object, outcome } = each;
      await printWritten(invocation, { kind: scheme.kindOf(object), object, outcome }, format, flags);
    }
  }
  if (codes.length > 0) {
    if (outcomes.length > 1 || flags.atomic) tellFate(invocation, outcomes, codes.length, flags.atomic);
    throw new ReportedError('some documents were refused', { exitCode: commonExitCode(codes, exitCodes.error) });
  }
  if (flags.prune) {
    const { prune } = await import('./prune.js');
    await prune(
      invocation,
      outcomes.flatMap((each) => ('object' in each ? [each.object] : [])),
      flags,
    );
  }
};
