import type { ApiObject, Stored } from './api-object.js';
import { checkOptions, must, required, type OptionRules } from './check-options.js';
import type { FieldError } from './errors/invalid-error.js';
import type { JsonSchema } from './json-schema.js';
import type { SchemaValidator } from './schema-validator.js';

/** Whether objects of a kind live in namespaces. */
export const scopes = ['namespaced', 'cluster'] as const;

/** One column of the tables that show a kind. */
export interface PrinterColumn {
  /** Heading, in capitals. */
  readonly name: string;
  /** Where the value is: a path such as `.spec.maxReplicas`, or a function of the object. */
  readonly value: string | ((object: ApiObject) => string | number | boolean | undefined);
  /** How to show it; `age` turns a timestamp into the time since. @defaultValue `'text'` */
  readonly format?: 'text' | 'number' | 'age';
  /** Shown only in wide output. @defaultValue `false` */
  readonly wide?: boolean;
}

/** Where the scale subresource finds its numbers. */
export interface ScaleSubresource {
  /** Path of the wanted number, e.g. `.spec.replicas`. */
  readonly specReplicasPath: string;
  /** Path of the observed number, e.g. `.status.replicas`. */
  readonly statusReplicasPath: string;
  /** Says why this object cannot be scaled, if it cannot. */
  readonly refuse?: (object: ApiObject) => string | undefined;
}

/** What a semantic rule may look at besides the object itself. */
export interface ValidationContext<T extends ApiObject = ApiObject> {
  /** The stored object when this is an update; absent on create. */
  readonly old?: Stored<T>;
  /** Receives what is worth telling the user and is no error. */
  readonly warn: (warning: string) => void;
  /**
   * Reads another object of the same kind, or `undefined`. What was read is pinned: if it changes before the write is
   * committed, the write is checked again from the start, so rules across objects hold under concurrent writers.
   */
  readonly read: (key: { readonly namespace?: string; readonly name: string }) => Promise<Stored<T> | undefined>;
}

/**
 * All there is to know of a kind of object. A kind is data: registry, informer, runtime and command line learn it from here.
 *
 * @typeParam T - the objects of the kind
 */
export interface KindDefinition<T extends ApiObject = ApiObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower case, used in paths, keys and on the command line, e.g. `ecsmservices`. */
  readonly plural: string;
  /** Lower case, e.g. `ecsmservice`. */
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: (typeof scopes)[number];
  /** One sentence for `api-resources` and `explain`. */
  readonly description: string;
  /** JSON Schema (draft 7) of the whole object; unknown fields are refused where it says `additionalProperties: false`. */
  readonly schema: JsonSchema;
  /** The schema compiled ahead of time; without it, whoever validates compiles `schema`. */
  readonly validateSchema?: SchemaValidator;
  readonly subresources: {
    /** Spec and status are written separately. */
    readonly status?: boolean;
    readonly scale?: ScaleSubresource;
  };
  readonly printerColumns: readonly PrinterColumn[];
  /** Which names are allowed. @defaultValue `'label'` (DNS-1123 label of at most 63 characters) */
  readonly nameRule?: 'label' | 'subdomain';
  /** Fills in what the user left out; must not change what he said. Gets a copy it may return changed. */
  readonly applyDefaults?: (object: T) => T;
  /** Rules beyond the schema, on the defaulted object. Returns every broken one. */
  readonly validate?: (
    object: T,
    context: ValidationContext<T>,
  ) => Promise<readonly FieldError[]> | readonly FieldError[];
  /**
   * Paths that an apply leaves alone when the manifest stops naming them, because something else owns them then
   * (e.g. `.spec.deploymentStrategy.replicas` once an autoscaler has set it).
   */
  readonly keepOnApply?: readonly { readonly path: string; readonly warning: string }[];
  /** Milliseconds after the last write at which an object of this kind goes by itself; for events. */
  readonly timeToLiveMs?: number;
}

/** The objects of a kind. */
export type ObjectOf<K> = K extends KindDefinition<infer T> ? T : never;

/** What one says to define a kind; the rest is derived. */
export type KindOptions<T extends ApiObject> = Pick<KindDefinition<T>, 'group' | 'version' | 'kind'> &
  Partial<Omit<KindDefinition<T>, 'group' | 'version' | 'kind'>>;

const kindRules: OptionRules<KindOptions<ApiObject>> = {
  group: required(must.beText),
  version: required(must.beText),
  kind: required(must.beText),
  plural: must.beText,
  singular: must.beText,
  shortNames: must.beArray,
  scope: must.beOneOf(scopes),
  description: must.beString,
  schema: must.beObject,
  validateSchema: must.beFunction,
  subresources: must.beObject,
  printerColumns: must.beArray,
  nameRule: must.beOneOf(['label', 'subdomain']),
  applyDefaults: must.beFunction,
  validate: must.beFunction,
  keepOnApply: must.beArray,
  timeToLiveMs: must.beAbove(0),
};

const subresourceRules: OptionRules<KindDefinition['subresources']> = {
  status: must.beBoolean,
  scale: must.beObject,
};

/**
 * Defines a kind of object.
 *
 * @example
 * ```ts
 * interface Database extends ApiObject { readonly spec: { readonly size: number }; readonly status?: { readonly ready: boolean } }
 * const Database = defineKind<Database>({
 *   group: 'example.dev', version: 'v1', kind: 'Database',
 *   schema: { type: 'object', required: ['spec'], properties: { spec: { type: 'object', required: ['size'], properties: { size: { type: 'integer', minimum: 1 } } } } },
 *   subresources: { status: true },
 * });
 * ```
 *
 * Without `plural`, the singular with an `s`; namespaced; any content is accepted when there is no schema.
 *
 * @throws TypeError or RangeError when something is missing, misspelt or makes no sense
 */
export function defineKind<T extends ApiObject>(options: KindOptions<T>): KindDefinition<T> {
  checkOptions<KindOptions<T>>('a kind', options, kindRules);
  if (options.subresources)
    checkOptions(`the subresources of kind ${options.kind}`, options.subresources, subresourceRules);
  const singular = options.singular ?? options.kind.toLowerCase();
  return {
    scope: 'namespaced',
    shortNames: [],
    description: '',
    schema: { type: 'object' },
    subresources: {},
    printerColumns: [],
    plural: `${singular}s`,
    ...options,
    singular,
  };
}

/** Group and version as objects carry them: `ecsm.sh/v1`. */
export function apiVersionOf(kind: Pick<KindDefinition, 'group' | 'version'>): string {
  return `${kind.group}/${kind.version}`;
}
