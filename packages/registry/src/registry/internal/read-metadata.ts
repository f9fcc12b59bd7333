import {
  checkLabelName,
  checkLabelValue,
  checkQualifiedName,
  checkSubdomainName,
  didYouMean,
  maxAnnotationBytes,
  type Draft,
  type FieldError,
  type ObjectMeta,
  type OwnerReference,
} from '@ecsm/api-types';
import { fieldName } from './field-name.js';
import type { KindBinding } from './kind-binding.js';
import { isPlainObject } from './raw-object.js';

/** Fields of metadata that a user writes. The registry sets the others. */
const written = ['name', 'generateName', 'namespace', 'finalizers', 'ownerReferences', 'labels', 'annotations'];
/** Fields that come back with an object read earlier: the first two are demands, the rest is left out. */
const returned = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'];
const known = [...written, ...returned];

const ownerFields = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'];

/** Metadata that came from outside, read. */
export interface ReadMetadata {
  /** Only well-formed fields of the right type, in canonical order and without empty ones. */
  readonly metadata: Draft<ObjectMeta>;
  readonly errors: readonly FieldError[];
  /** Fields that no object has. */
  readonly unknown: readonly FieldError[];
}

/** Reads the metadata of an object from outside and checks every rule about them that needs nothing else. */
export function readMetadata(binding: KindBinding, source: unknown): ReadMetadata {
  const errors: FieldError[] = [];
  const unknown: FieldError[] = [];
  const metadata: Draft<ObjectMeta> = { name: '' };
  if (!isPlainObject(source)) {
    errors.push({ field: 'metadata', value: source, rule: 'must be an object with a name' });
    return { metadata, errors, unknown };
  }
  for (const field of Object.keys(source)) {
    if (known.includes(field)) continue;
    unknown.push({
      field: fieldName(['metadata', field]),
      rule: `is not a field of metadata; ${didYouMean(field, known)}`,
    });
  }
  const text = (field: string): string | undefined => {
    const value = source[field] ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    errors.push({ field: `metadata.${field}`, value, rule: 'must be a string' });
    return undefined;
  };

  readNames(binding, text, metadata, errors);
  const uid = text('uid');
  if (uid !== undefined) metadata.uid = uid;
  const resourceVersion = text('resourceVersion');
  if (resourceVersion !== undefined) metadata.resourceVersion = resourceVersion;

  const labels = readMap(source['labels'], 'labels', errors);
  if (labels !== undefined) {
    metadata.labels = labels;
    checkEntries('labels', labels, checkLabelValue, errors);
  }
  const annotations = readMap(source['annotations'], 'annotations', errors);
  if (annotations !== undefined) {
    metadata.annotations = annotations;
    checkEntries('annotations', annotations, () => undefined, errors);
    const bytes = Object.entries(annotations).reduce(
      (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
      0,
    );
    if (bytes > maxAnnotationBytes) {
      errors.push({
        field: 'metadata.annotations',
        rule: `must not be larger than ${maxAnnotationBytes} bytes together, and are ${bytes}`,
      });
    }
  }
  const ownerReferences = readOwners(source['ownerReferences'], errors);
  if (ownerReferences !== undefined) metadata.ownerReferences = ownerReferences;
  const finalizers = readFinalizers(source['finalizers'], errors);
  if (finalizers !== undefined) metadata.finalizers = finalizers;
  return { metadata, errors, unknown };
}

function readNames(
  binding: KindBinding,
  text: (field: string) => string | undefined,
  metadata: Draft<ObjectMeta>,
  errors: FieldError[],
): void {
  const { kind } = binding;
  const check = kind.nameRule === 'subdomain' ? checkSubdomainName : checkLabelName;
  const name = text('name');
  const generateName = text('generateName');
  /** What is there but is no string has been told of, and is not missing. */
  const isRefused = (field: string): boolean => errors.some((error) => error.field === `metadata.${field}`);
  if (name !== undefined && name !== '') {
    metadata.name = name;
    const rule = check(name);
    if (rule !== undefined) errors.push({ field: 'metadata.name', value: name, rule });
  } else if ((generateName === undefined || generateName === '') && !['name', 'generateName'].some(isRefused)) {
    errors.push({ field: 'metadata.name', value: name, rule: 'is required' });
  }
  if (generateName !== undefined && generateName !== '') {
    metadata.generateName = generateName;
    // The suffix starts with a letter or digit, so the prefix alone may end in "-".
    const rule = check(`${generateName}x`.slice(0, 63));
    if (rule !== undefined) errors.push({ field: 'metadata.generateName', value: generateName, rule });
  }
  const namespace = text('namespace');
  if (binding.namespaced) {
    if (namespace === undefined || namespace === '') {
      if (!isRefused('namespace'))
        errors.push({ field: 'metadata.namespace', value: namespace, rule: `is required: ${kind.kind} is namespaced` });
      return;
    }
    metadata.namespace = namespace;
    const rule = checkLabelName(namespace);
    if (rule !== undefined) errors.push({ field: 'metadata.namespace', value: namespace, rule });
  } else if (namespace !== undefined && namespace !== '') {
    errors.push({
      field: 'metadata.namespace',
      value: namespace,
      rule: `must be absent: ${kind.kind} is of cluster scope`,
    });
  }
}

/** A map of strings; empty counts as absent. */
function readMap(source: unknown, field: string, errors: FieldError[]): Record<string, string> | undefined {
  if (source === undefined || source === null) return undefined;
  if (!isPlainObject(source)) {
    errors.push({ field: `metadata.${field}`, value: source, rule: 'must be an object whose values are strings' });
    return undefined;
  }
  const map: Record<string, string> = {};
  for (const [key, value] of Object.entries(source)) {
    if (typeof value === 'string') map[key] = value;
    else
      errors.push({ field: fieldName(['metadata', field, key]), value, rule: 'must be a string: write it in quotes' });
  }
  return Object.keys(map).length === 0 ? undefined : map;
}

function checkEntries(
  field: string,
  map: Readonly<Record<string, string>>,
  checkValue: (value: string) => string | undefined,
  errors: FieldError[],
): void {
  for (const [key, value] of Object.entries(map)) {
    const keyRule = checkQualifiedName(key);
    if (keyRule !== undefined)
      errors.push({ field: `metadata.${field}`, value: key, rule: `has a key that ${keyRule}` });
    const rule = checkValue(value);
    if (rule !== undefined) errors.push({ field: fieldName(['metadata', field, key]), value, rule });
  }
}

function readFinalizers(source: unknown, errors: FieldError[]): string[] | undefined {
  if (source === undefined || source === null) return undefined;
  if (!Array.isArray(source)) {
    errors.push({ field: 'metadata.finalizers', value: source, rule: 'must be a list of strings' });
    return undefined;
  }
  const finalizers = new Set<string>();
  for (const [index, value] of (source as readonly unknown[]).entries()) {
    const rule = typeof value === 'string' ? checkQualifiedName(value) : 'must be a string';
    if (rule !== undefined) errors.push({ field: `metadata.finalizers[${index}]`, value, rule });
    else finalizers.add(value as string);
  }
  return finalizers.size === 0 ? undefined : [...finalizers];
}

function readOwners(source: unknown, errors: FieldError[]): Draft<OwnerReference>[] | undefined {
  if (source === undefined || source === null) return undefined;
  if (!Array.isArray(source)) {
    errors.push({ field: 'metadata.ownerReferences', value: source, rule: 'must be a list of owner references' });
    return undefined;
  }
  const owners: Draft<OwnerReference>[] = [];
  for (const [index, value] of (source as readonly unknown[]).entries()) {
    const at = `metadata.ownerReferences[${index}]`;
    const before = errors.length;
    if (!isPlainObject(value)) {
      errors.push({ field: at, value, rule: 'must be an owner reference' });
      continue;
    }
    for (const field of Object.keys(value)) {
      if (!ownerFields.includes(field)) {
        errors.push({
          field: `${at}.${field}`,
          rule: `is not a field of an owner reference; ${didYouMean(field, ownerFields)}`,
        });
      }
    }
    const need = (field: string): string => {
      const part = value[field];
      if (typeof part === 'string' && part !== '') return part;
      errors.push({ field: `${at}.${field}`, value: part, rule: 'is required and must be a string' });
      return '';
    };
    const flag = (
      field: 'controller' | 'blockOwnerDeletion',
    ): { controller?: boolean; blockOwnerDeletion?: boolean } => {
      const part = value[field] ?? undefined;
      if (part === undefined) return {};
      if (typeof part === 'boolean') return { [field]: part };
      errors.push({ field: `${at}.${field}`, value: part, rule: 'must be true or false' });
      return {};
    };
    const owner = {
      apiVersion: need('apiVersion'),
      kind: need('kind'),
      name: need('name'),
      uid: need('uid'),
      ...flag('controller'),
      ...flag('blockOwnerDeletion'),
    };
    if (errors.length > before) continue;
    if (owners.some((other) => other.uid === owner.uid)) {
      errors.push({ field: `${at}.uid`, value: owner.uid, rule: 'must not repeat an earlier owner' });
    } else if (owner.controller === true && owners.some((other) => other.controller === true)) {
      errors.push({ field: `${at}.controller`, value: true, rule: 'must not be true for a second owner' });
    }
    owners.push(owner);
  }
  return owners.length === 0 ? undefined : owners;
}
