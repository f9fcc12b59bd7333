import type { ApiObject, KindDefinition, Manifest, ResourceClient, Stored, WriteOptions } from '@ecsm/api-types';

import { ReportedError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { commonExitCode, exitCodes, type ExitCode } from '../cli/exit-code.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { createFlags } from '../definitions/write.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printWritten } from '../output/print-written.js';
import { writeOptions } from '../resources/write-options.js';
import { readDocuments, tellFailure } from './manifest-documents.js';

type Write = (client: ResourceClient<ApiObject>, object: Manifest, options: WriteOptions) => Promise<Stored<ApiObject>>;

/** Writes each document by itself; a bad one is told and the others go on. */
async function writeEach(
  invocation: Invocation,
  flags: ValuesOf<typeof createFlags>,
  outcome: string,
  write: Write,
): Promise<void> {
  const format = flags.output === undefined ? undefined : parseOutputFormat(flags.output);
  const scheme = await invocation.scheme();
  const { namespace } = await invocation.settings();
  const codes: ExitCode[] = [];
  for (const { source, manifest, error } of await readDocuments(invocation, flags)) {
    try {
      if (manifest === undefined) throw error;
      const kind = scheme.kindOf(manifest);
      const client = await clientFor(invocation, kind, manifest.metadata.namespace ?? namespace);
      const options = writeOptions(invocation, flags);
      const object = flags['dry-run'] === 'client' ? asObject(manifest) : await write(client, manifest, options);
      await printWritten(invocation, { kind, object, outcome }, format, flags);
    } catch (failure) {
      codes.push(tellFailure(invocation, source, failure));
    }
  }
  if (codes.length === 0) return;
  throw new ReportedError('some documents were refused', { exitCode: commonExitCode(codes, exitCodes.error) });
}

/** A manifest as an object to print; one whose name is still to be generated has none. */
function asObject(manifest: Manifest): ApiObject {
  return { ...manifest, metadata: { ...manifest.metadata, name: manifest.metadata.name ?? '' } };
}

async function clientFor(
  invocation: Invocation,
  kind: KindDefinition,
  namespace: string,
): Promise<ResourceClient<ApiObject>> {
  const client = (await invocation.writableRegistry()).resource(kind);
  return kind.scope === 'cluster' ? client : client.namespace(namespace);
}

/** Creates objects. */
export const create: Handler<typeof createFlags> = (invocation, flags) =>
  writeEach(invocation, flags, 'created', (client, object, options) => client.create(object, options));

/** Replaces objects, the newest one where the manifest names no version. */
export const replace: Handler<typeof createFlags> = (invocation, flags) =>
  writeEach(invocation, flags, 'replaced', async (client, object, options) => {
    const { name = '', resourceVersion } = object.metadata;
    if (resourceVersion !== undefined) return client.update(object as ApiObject, options);
    const stored = await client.get(name, { signal: invocation.signal });
    const metadata = { ...object.metadata, name, resourceVersion: stored.metadata.resourceVersion };
    return client.update({ ...object, metadata }, options);
  });
