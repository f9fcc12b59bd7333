import { describeDetails, InvalidError, isApiError, maxObjectBytes, type Manifest, type Scheme } from '@ecsm/api-types';
import { ManifestError, type ManifestSource } from '../errors/manifest-error.js';
import { copyJson } from '../registry/internal/copy-json.js';
import { isPlainObject } from '../registry/internal/raw-object.js';
import { parseDocument } from './internal/parse-document.js';
import { splitDocuments } from './internal/split-documents.js';

/** Options of {@link decodeManifests}. */
export interface DecodeManifestsOptions {
  /**
   * Path of the file, for messages.
   *
   * @defaultValue `'-'`, the standard input
   */
  readonly file?: string;
  /** Refuse kinds that are not of this scheme. Without one, any kind passes. */
  readonly scheme?: Scheme;
}

/** One manifest of a file, or why it cannot be used. */
export type DecodedManifest =
  | { readonly source: ManifestSource; readonly manifest: Manifest; readonly error?: never }
  | { readonly source: ManifestSource; readonly error: ManifestError; readonly manifest?: never };

/**
 * Reads the manifests in a YAML or JSON text of one or more documents, each by itself: one that is broken is an error in
 * the result and spoils none of the others. A `List` counts as its items. Documents with nothing in them are skipped, but a text
 * without any object is an error.
 *
 * What comes out is plain JSON data of limited depth and size; whether it is a good object of its kind is for the registry to say.
 */
export function decodeManifests(text: string, options: DecodeManifestsOptions = {}): readonly DecodedManifest[] {
  const { file = '-', scheme } = options;
  const documents = splitDocuments(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const decoded: DecodedManifest[] = [];
  let number = 0;
  for (const { text: body, line } of documents) {
    // What stands before the first marker is often nothing, and then no document either.
    if (number === 0 && documents.length > 1 && body.trim() === '') continue;
    const source: ManifestSource = { file, document: ++number, line };
    decoded.push(...decodeDocument(body, source, scheme));
  }
  if (decoded.length > 0) return decoded;
  const source: ManifestSource = { file, document: 1, line: 1 };
  return [{ source, error: new ManifestError(source, { problem: 'holds no object' }) }];
}

function decodeDocument(text: string, source: ManifestSource, scheme: Scheme | undefined): DecodedManifest[] {
  try {
    const value = parseDocument(text, source);
    if (value === undefined) return [];
    const items = itemsOf(value);
    if (items === undefined) return [decodeObject(value, source, scheme)];
    return items.map((item, index) => decodeObject(item, { ...source, item: index + 1 }, scheme));
  } catch (error) {
    if (error instanceof ManifestError) return [{ source, error }];
    throw error;
  }
}

/** The items of a List, as `get -o yaml` prints several objects; `undefined` for anything else. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (!isPlainObject(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) return undefined;
  return Array.isArray(value['items']) ? (value['items'] as readonly unknown[]) : undefined;
}

function decodeObject(value: unknown, source: ManifestSource, scheme: Scheme | undefined): DecodedManifest {
  const fail = (problem: string): DecodedManifest => ({ source, error: new ManifestError(source, { problem }) });
  if (!isPlainObject(value)) {
    return fail(`must be an object with apiVersion, kind and metadata, and is ${describe(value)}`);
  }
  const copy = copyJson(value);
  const { apiVersion, kind, metadata } = value;
  const name = isPlainObject(metadata) ? (metadata['name'] ?? metadata['generateName']) : undefined;
  const details = {
    kind: typeof kind === 'string' ? kind : 'object',
    ...(typeof name === 'string' ? { name } : {}),
  };
  if (copy.errors.length > 0) {
    return { source, error: ManifestError.at(source, new InvalidError({ details, errors: copy.errors })) };
  }
  if (copy.tooLarge) {
    return fail(
      `${describeDetails(details)} takes more than ${maxObjectBytes} bytes as JSON: keep large data outside and refer to it`,
    );
  }
  if (typeof apiVersion !== 'string' || apiVersion === '') return fail('apiVersion is required, e.g. ecsm.sh/v1');
  if (typeof kind !== 'string' || kind === '') return fail('kind is required, e.g. ECSMService');
  if (!isPlainObject(metadata)) return fail(`metadata of ${describeDetails(details)} is required, with a name`);
  const manifest = copy.value as Manifest;
  try {
    scheme?.kindOf(manifest);
  } catch (error) {
    if (isApiError(error)) return { source, error: ManifestError.at(source, error) };
    throw error;
  }
  return { source, manifest };
}

function describe(value: unknown): string {
  if (Array.isArray(value))
    return 'a list: write several objects as documents between lines of "---", or as kind: List';
  return value === null ? 'null' : `a ${typeof value}`;
}
