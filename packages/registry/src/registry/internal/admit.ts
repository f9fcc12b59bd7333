import {
  BadRequestError,
  describeDetails,
  InvalidError,
  maxObjectBytes,
  TooLargeError,
  type ApiObject,
  type ErrorDetails,
  type FieldError,
  type ObjectKey,
  type Stored,
  type WriteOptions,
} from '@ecsm/api-types';
import type { StoreKey } from '../../store/store.js';
import { checkSchema, requiredRule, type FieldOptions } from './check-schema.js';
import { copyJson } from './copy-json.js';
import { equalJson } from './equal-json.js';
import type { KindBinding } from './kind-binding.js';
import { asStored, decodeEntry, isPlainObject, type RawObject } from './raw-object.js';
import { readMetadata } from './read-metadata.js';
import type { Transaction } from './transaction.js';

/** An object from outside: a copy of its own, with metadata that can be relied on unless there are errors. */
export interface ReceivedObject {
  readonly object: RawObject;
  /** Broken rules of the metadata; the content is checked by {@link admitContent}. */
  readonly errors: readonly FieldError[];
}

/** Options of {@link receive}. */
export interface ReceiveOptions extends FieldOptions {
  /** The namespace of the view the object is written through: taken when the object names none. */
  readonly namespace?: string;
}

/**
 * Takes in an object from outside without touching it.
 *
 * @throws BadRequestError when it is of another kind, or no object at all
 * @throws InvalidError when it holds something that is not plain JSON data
 * @throws TooLargeError above 1 MiB
 */
export function receive(binding: KindBinding, input: unknown, options: ReceiveOptions): ReceivedObject {
  const copy = copyJson(input);
  const source = copy.value;
  const { kind, apiVersion } = binding;
  if (!isPlainObject(source)) {
    throw new BadRequestError({
      message: `expected an object of kind ${kind.kind}, got ${source === null ? 'null' : Array.isArray(source) ? 'a list' : typeof source}`,
      details: binding.details({}),
    });
  }
  if (source['kind'] !== kind.kind || source['apiVersion'] !== apiVersion) {
    throw new BadRequestError({
      message: `expected apiVersion "${apiVersion}" and kind "${kind.kind}", got ${JSON.stringify(source['apiVersion'])} and ${JSON.stringify(source['kind'])}`,
      details: detailsOf(binding, source),
    });
  }
  if (copy.errors.length > 0) throw new InvalidError({ details: detailsOf(binding, source), errors: copy.errors });
  if (copy.tooLarge) throw tooLarge(detailsOf(binding, source), `takes more than ${maxObjectBytes} bytes as JSON`);

  const { metadata, errors, unknown } = readMetadata(binding, inNamespace(source['metadata'], options.namespace));
  if (options.namespace !== undefined && (metadata.namespace ?? options.namespace) !== options.namespace) {
    throw new BadRequestError({
      message: `${describeDetails(detailsOf(binding, source))} cannot be written through a view of namespace "${options.namespace}"`,
      details: detailsOf(binding, source),
    });
  }
  if (options.fieldValidation === 'warn') {
    for (const { field } of unknown) options.onWarning?.(`${field} is not a field of metadata and was left out`);
  }
  const strict = options.fieldValidation === undefined || options.fieldValidation === 'strict';
  source['metadata'] = metadata;
  return { object: source as RawObject, errors: strict ? [...unknown, ...errors] : errors };
}

function inNamespace(metadata: unknown, namespace: string | undefined): unknown {
  if (namespace === undefined || !isPlainObject(metadata)) return metadata;
  return { ...metadata, namespace: metadata['namespace'] ?? namespace };
}

function detailsOf(binding: KindBinding, { metadata }: Readonly<Record<string, unknown>>): ErrorDetails {
  if (!isPlainObject(metadata)) return binding.details({});
  const { namespace, name } = metadata;
  return binding.details({
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof name === 'string' ? { name } : {}),
  });
}

/** What {@link admitContent} decided. */
export interface AdmittedContent {
  /** The object with its defaults filled in. */
  readonly object: RawObject;
  /** Whether anything but metadata and status differs from the old object. */
  readonly contentChanged: boolean;
}

/**
 * Schema, defaults and the rules of the kind. Metadata errors found before are reported together with the schema's.
 *
 * Content that says what is stored already passes as it is: an object that a newer version of its kind would refuse can
 * still lose its finalizers.
 *
 * @throws InvalidError naming every broken rule
 */
export async function admitContent(
  binding: KindBinding,
  received: ReceivedObject,
  old: RawObject | undefined,
  transaction: Transaction,
  options: WriteOptions,
): Promise<AdmittedContent> {
  const { object } = received;
  const { kind } = binding;
  const unchanged = old !== undefined && sameContent(binding, object, old);
  const found = unchanged ? [] : await checkSchema(binding, object, options);
  // What is missing may be what a default fills in, so that is decided after the defaults.
  const fatal = kind.applyDefaults === undefined ? found : found.filter((error) => !isMissing(error));
  if (received.errors.length > 0 || fatal.length > 0) {
    const missing = fatal.length === found.length ? [] : await stillMissing(binding, object, found);
    const details = binding.details(object.metadata);
    throw new InvalidError({ details, errors: [...received.errors, ...fatal, ...missing] });
  }
  if (unchanged) return { object, contentChanged: false };

  const defaulted = withDefaults(binding, object, found);
  const broken = kind.applyDefaults === undefined ? [] : await checkSchema(binding, defaulted, {});
  const semantic =
    broken.length > 0 || kind.validate === undefined
      ? broken
      : await kind.validate(asStored(defaulted), {
          ...(old === undefined ? {} : { old: asStored(old) }),
          warn: (warning) => options.onWarning?.(warning),
          read: (key) => readNeighbour(binding, object, key, transaction),
        });
  if (semantic.length > 0) throw new InvalidError({ details: binding.details(object.metadata), errors: semantic });
  return { object: defaulted, contentChanged: old === undefined || !sameContent(binding, defaulted, old) };
}

/** Reads another object of the kind, in the namespace of `object` unless the key names one. */
async function readNeighbour(
  binding: KindBinding,
  object: RawObject,
  key: ObjectKey,
  transaction: Transaction,
): Promise<Stored<ApiObject> | undefined> {
  const namespace = key.namespace ?? object.metadata.namespace;
  const entry = await transaction.get(
    binding.storeKey(namespace === undefined ? { name: key.name } : { ...key, namespace }),
  );
  return entry === undefined ? undefined : asStored<ApiObject>(decodeEntry(entry));
}

/** Of the required fields that are missing, those that no default fills in. */
async function stillMissing(
  binding: KindBinding,
  object: RawObject,
  found: readonly FieldError[],
): Promise<readonly FieldError[]> {
  try {
    return (await checkSchema(binding, applyDefaults(binding, object), {})).filter(isMissing);
  } catch {
    return found.filter(isMissing); // defaults are for objects that are otherwise in order
  }
}

function isMissing(error: FieldError): boolean {
  return error.rule === requiredRule;
}

/** @param missing - what the schema misses; defaults may stumble over that, and then it is what is to be reported */
function withDefaults(binding: KindBinding, object: RawObject, missing: readonly FieldError[]): RawObject {
  try {
    return applyDefaults(binding, object);
  } catch (error) {
    if (missing.length === 0) throw error;
    throw new InvalidError({ details: binding.details(object.metadata), errors: missing });
  }
}

/** The object with the defaults of its kind. */
export function applyDefaults(binding: KindBinding, object: RawObject): RawObject {
  if (binding.kind.applyDefaults === undefined) return object;
  const { apiVersion, kind, metadata } = object;
  // Defaults are for the content: whatever they do to names and system fields is not taken over.
  return { ...(binding.kind.applyDefaults(object) as RawObject), apiVersion, kind, metadata };
}

/** Whether two objects say the same apart from metadata and, where that is written separately, status. */
function sameContent(binding: KindBinding, a: RawObject, b: RawObject): boolean {
  for (const field of Object.keys(a)) if (isContent(binding, field) && !equalJson(a[field], b[field])) return false;
  for (const field of Object.keys(b)) if (isContent(binding, field) && !Object.hasOwn(a, field)) return false;
  return true;
}

function isContent(binding: KindBinding, field: string): boolean {
  return field !== 'metadata' && !(binding.hasStatus && field === 'status');
}

/**
 * The text an object is stored as: without its resourceVersion, which is the revision of the entry.
 *
 * @throws TooLargeError above 1 MiB
 */
export function encode(object: RawObject, key: StoreKey): string {
  const { resourceVersion } = object.metadata;
  if (resourceVersion !== undefined) delete object.metadata.resourceVersion;
  const text = JSON.stringify(object);
  if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
  // A UTF-16 unit takes at most three bytes, so short texts need no counting.
  if (text.length * 3 > maxObjectBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxObjectBytes) {
      const details = { kind: key.kind, ...(key.namespace === '' ? {} : { namespace: key.namespace }), name: key.name };
      throw tooLarge(details, `takes ${bytes} bytes as JSON, and may take at most ${maxObjectBytes}`);
    }
  }
  return text;
}

function tooLarge(details: ErrorDetails, rule: string): TooLargeError {
  return new TooLargeError({
    message: `${describeDetails(details)} ${rule}: keep large data outside and refer to it`,
    details,
  });
}
