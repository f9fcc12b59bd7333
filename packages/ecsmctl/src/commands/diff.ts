import { ECSMService, findCondition, type ApiObject, type Stored } from '@ecsm/api-types';
import {
  observeDetail,
  observeRow,
  ownerMarkOf,
  plan,
  recalled,
  type ObservedService,
  type TargetRevision,
} from '@ecsm/planner';
import { createTwoFilesPatch } from 'diff';

import { CliError, ReportedError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { presentError, reasonOf } from '../cli/present-error.js';
import type { diffFlags } from '../definitions/write.js';
import { maskSecrets } from '../output/mask.js';
import { omit } from '../output/omit.js';
import { toYaml } from '../output/serialize.js';
import { owns } from '../resources/ownership.js';
import { rehearse } from '../resources/rehearse.js';
import { revisionsOf } from '../resources/revisions-of.js';
import { applyOptions } from './apply-options.js';
import { isGood, readDocuments } from './manifest-documents.js';
import { tellRefusal } from './tell-refusal.js';

/** An object as far as a user writes it: what the registry and the operator set says nothing about a change. */
function comparable(object: ApiObject): object {
  const { metadata, ...rest } = omit(object as ApiObject & { readonly status?: unknown }, 'status');
  return maskSecrets({
    ...rest,
    metadata: omit(metadata, 'resourceVersion', 'generation', 'uid', 'creationTimestamp'),
  });
}

/** The change as a unified diff; empty when there is none. Masked secrets that differ are said to differ. */
async function difference(name: string, before: ApiObject | undefined, after: ApiObject): Promise<string> {
  const [old, now] = await Promise.all([
    before === undefined ? '' : toYaml(comparable(before)),
    toYaml(comparable(after)),
  ]);
  if (old === now) {
    const changed = before !== undefined && before.metadata.generation !== after.metadata.generation;
    return changed ? `--- ${name}\n+++ ${name}\n  (only a masked secret changes)\n` : '';
  }
  const text = createTwoFilesPatch(name, name, old, now, 'stored', 'applied', { context: 3 });
  // Without the two lines that name the file once more.
  return text.slice(text.indexOf('--- '));
}

function paintDiff(invocation: Invocation, text: string): string {
  return text.replace(/^([+-]).*$/gm, (line, sign) => invocation.paint(sign === '+' ? 'green' : 'red', line));
}

/** Whether this template has failed before, and what follows from that. */
function failureBefore({ status }: ECSMService, target: TargetRevision): readonly string[] {
  const failed = status?.failedRevision;
  if (failed === undefined) return [];
  if (target.rolledBack)
    return [`revision ${failed} has failed before: it is rolled back to ${target.hash} until the template changes`];
  return target.hash === failed ? [`revision ${failed} has failed before, and is tried again`] : [];
}

/** What the operator would do on the platform if the object were as given, in sentences. */
async function explainPlan(invocation: Invocation, service: ECSMService): Promise<readonly string[]> {
  const { operatorId } = await invocation.settings();
  const platform = await invocation.platform();
  const { signal, clock } = invocation;
  const services: ObservedService[] = [];
  for await (const row of platform.services.all({}, { signal })) {
    if (!owns(service, row, operatorId)) continue;
    const detail = await platform.services.get(row.id, { signal });
    // The list tells failures, the detail the rest.
    const { failures } = observeRow(row);
    services.push({ ...observeDetail(detail), failures, mark: ownerMarkOf(detail.image.config) ?? null });
  }
  const nowMs = clock.now();
  const kept = await revisionsOf(invocation, service);
  const unmet = findCondition(service.status?.conditions, 'DependenciesReady');
  const { explanation, target } = plan(
    {
      service,
      operatorId,
      ...recalled(service, kept),
      ...(unmet?.status === 'False' ? { waitingFor: [unmet.message] } : {}),
    },
    { services, observedAtMs: nowMs },
    { wallMs: nowMs, observedMs: 0 },
  );
  const steps = explanation.length === 0 ? ['nothing'] : explanation;
  return [...failureBefore(service, target), ...steps];
}

/** Shows the change of one object and what follows from it; returns whether there is one. */
async function showDifference(
  invocation: Invocation,
  applied: Stored<ApiObject>,
  flags: ValuesOf<typeof diffFlags>,
): Promise<boolean> {
  const { metadata } = applied;
  const kind = (await invocation.scheme()).kindOf(applied);
  const all = (await invocation.registry()).resource(kind);
  const client = metadata.namespace === undefined ? all : all.namespace(metadata.namespace);
  const stored = await client.get(metadata.name, { signal: invocation.signal }).catch(absent);
  const text = await difference(`${kind.singular}/${metadata.namespace ?? ''}/${metadata.name}`, stored, applied);
  if (text === '') return false;
  invocation.print(paintDiff(invocation, text));
  if (!flags['no-plan'] && kind.plural === ECSMService.plural)
    await printPlan(invocation, applied as ApiObject as ECSMService);
  return true;
}

async function showDifferences(invocation: Invocation, flags: ValuesOf<typeof diffFlags>): Promise<void> {
  const decoded = await readDocuments(invocation, flags);
  const good = decoded.filter(isGood);
  const results = await rehearse(
    await invocation.registry(),
    good.map(({ manifest }) => manifest),
    await applyOptions(invocation, good, flags),
  );
  let differs = false;
  let failed = false;
  for (const document of decoded) {
    const result = isGood(document) ? results[good.indexOf(document)] : undefined;
    if (result !== undefined && 'object' in result) {
      if (await showDifference(invocation, result.object, flags)) differs = true;
    } else {
      tellRefusal(invocation, document.source, result?.outcome === 'failed' ? result.error : document.error);
      failed = true;
    }
  }
  if (failed) throw new ReportedError('some documents were refused', { exitCode: exitCodes.usage });
  // As diff and kubectl have it: 1 says that something would change.
  if (differs) throw new ReportedError('something would change', { exitCode: exitCodes.error });
}

/** Shows what apply would change and what the operator would then do. */
export const diff: Handler<typeof diffFlags> = async (invocation, flags) => {
  try {
    await showDifferences(invocation, flags);
  } catch (error) {
    const { message, hint, exitCode } = presentError(error);
    if (message === undefined || exitCode !== exitCodes.error || invocation.signal.aborted) throw error;
    throw new CliError(message, { hint, exitCode: exitCodes.usage });
  }
};

function absent(error: unknown): undefined {
  if (reasonOf(error) !== 'NotFound') throw error;
  return undefined;
}

async function printPlan(invocation: Invocation, service: ECSMService): Promise<void> {
  let lines: readonly string[];
  try {
    lines = await explainPlan(invocation, service);
  } catch (error) {
    if (invocation.signal.aborted) throw error;
    lines = [`<unknown> (the platform does not answer: ${presentError(error).message ?? ''})`];
  }
  invocation.print(`The operator would then do:\n${lines.map((line) => `  - ${line}\n`).join('')}\n`);
}
