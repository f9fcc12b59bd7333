import type { Manifest } from '@ecsm/api-types';
import {
  describeSource,
  isManifestError,
  ManifestError,
  readManifests,
  type DecodedManifest,
  type ManifestSource,
} from '@ecsm/registry/manifests';

import { UsageError } from '../cli/cli-error.js';
import type { ExitCode } from '../cli/exit-code.js';
import type { Invocation } from '../cli/invocation.js';
import { tellError } from '../cli/tell-error.js';
import { expandPath } from '../configuration/settings.js';

/** Which manifests a command line names. */
export interface FileArguments {
  readonly filename: readonly string[];
  readonly recursive: boolean;
}

function checkNames(names: readonly string[]): void {
  if (names.length === 0) throw new UsageError('which manifests? -f is missing', 'for example -f web.yaml');
  if (names.filter((name) => name === '-').length > 1)
    throw new UsageError('-f - is given twice, and the standard input can be read only once');
  const address = names.find((name) => /^https?:\/\//i.test(name));
  if (address !== undefined)
    throw new UsageError(
      `-f takes files and folders, not addresses such as ${address}`,
      'fetch it first, as in curl -fsS ADDRESS | ecsmctl apply -f -',
    );
}

/** Reads what `-f` names, document by document; what cannot be read is an error among the others. */
export async function readDocuments(invocation: Invocation, flags: FileArguments): Promise<readonly DecodedManifest[]> {
  checkNames(flags.filename);
  const { io, signal } = invocation;
  const scheme = await invocation.scheme();
  const decoded: DecodedManifest[] = [];
  for (const name of flags.filename) {
    const path = name === '-' ? name : expandPath(name, io);
    try {
      const options = { scheme, stdin: io.stdin, recursive: flags.recursive, signal };
      decoded.push(...(await readManifests(path, options)));
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      decoded.push({ source: error.source, error });
    }
  }
  const { namespaceGiven } = await invocation.settings();
  return namespaceGiven === undefined ? decoded : decoded.map((document) => inNamespace(document, namespaceGiven));
}

/** `-n` says where manifests go that name no namespace; for one that names another, one of the two is a mistake. */
function inNamespace(document: DecodedManifest, wanted: string): DecodedManifest {
  const named = document.manifest?.metadata.namespace;
  if (typeof named !== 'string' || named === wanted) return document;
  const problem = `its namespace is "${named}", and -n says "${wanted}"`;
  return { source: document.source, error: new ManifestError(document.source, { problem }) };
}

/** A document that can be used, and where it stands. */
export interface GoodDocument {
  readonly source: ManifestSource;
  readonly manifest: Manifest;
}

/** Whether a document could be read. */
export function isGood(document: DecodedManifest): document is DecodedManifest & GoodDocument {
  return document.manifest !== undefined;
}

/** The same for commands that go on only when everything could be read. @throws ManifestError naming the first that could not */
export async function readGoodDocuments(
  invocation: Invocation,
  flags: FileArguments,
): Promise<readonly GoodDocument[]> {
  return (await readDocuments(invocation, flags)).map(({ source, manifest, error }) => {
    if (manifest === undefined) throw error;
    return { source, manifest };
  });
}

/** Tells in one line what is wrong with a document, with the way out where there is one; returns how the run should end. */
export function tellFailure(invocation: Invocation, source: ManifestSource, error: unknown, hint?: string): ExitCode {
  return tellError(invocation.io.stderr, error, {
    about: isManifestError(error) ? undefined : describeSource(source),
    hint,
  });
}
