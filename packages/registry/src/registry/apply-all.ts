import {
  BadRequestError,
  isApiError,
  type ApiError,
  type ApiObject,
  type ApplyOptions,
  type Manifest,
  type Stored,
} from '@ecsm/api-types';
import type { StoreKey } from '../store/store.js';
import { receive, type ReceivedObject } from './internal/admit.js';
import { applyObject, keyOfManifest, type AppliedObject } from './internal/apply-object.js';
import { Breather } from './internal/breather.js';
import type { RegistryContext } from './internal/context.js';
import type { KindBinding } from './internal/kind-binding.js';
import { isPlainObject, asStored } from './internal/raw-object.js';
import { transact, type Transaction } from './internal/transaction.js';

/** A manifest of whatever kind. */
export type AnyManifest = Omit<Manifest, 'status'>;

/** Options of {@link Registry.applyAll}. */
export interface ApplyAllOptions extends Omit<ApplyOptions, 'onWarning'> {
  /**
   * All in one transaction or none.
   *
   * @defaultValue `false`: each manifest for itself, in order
   */
  readonly atomic?: boolean;
  /**
   * The namespace of manifests that name none.
   *
   * @defaultValue `'default'`
   */
  readonly namespace?: string;
  /** Receives what is worth telling the user about the manifest at `index` and is no error. */
  readonly onWarning?: (warning: string, index: number) => void;
}

/** What became of one manifest. */
export type ApplyAllResult =
  | { readonly outcome: 'created' | 'configured' | 'unchanged'; readonly object: Stored<ApiObject> }
  /** The manifest was refused, or could not be written. */
  | { readonly outcome: 'failed'; readonly error: ApiError }
  /** Nothing is wrong with the manifest, and nothing was written, because another one of the transaction failed. */
  | { readonly outcome: 'skipped' };

/** How many manifests of a transaction are read and merged together. */
const manifestsAtOnce = 50;

/** Why a transaction of several manifests was given up. */
class BatchFailure extends Error {
  readonly failures: ReadonlyMap<number, ApiError>;

  constructor(failures: ReadonlyMap<number, ApiError>) {
    super('some manifests were refused');
    this.failures = failures;
  }
}

/** Applies manifests of any kinds and says of each what became of it. */
export async function applyAll(
  context: RegistryContext,
  manifests: readonly AnyManifest[],
  options: ApplyAllOptions,
): Promise<readonly ApplyAllResult[]> {
  return options.atomic === true
    ? applyTogether(context, manifests, options)
    : applyOneByOne(context, manifests, options);
}

async function applyOneByOne(
  context: RegistryContext,
  manifests: readonly AnyManifest[],
  options: ApplyAllOptions,
): Promise<readonly ApplyAllResult[]> {
  const results: ApplyAllResult[] = [];
  const breather = new Breather();
  for (const [index, manifest] of manifests.entries()) {
    options.signal?.throwIfAborted();
    if (breather.tired) await breather.rest(options.signal);
    try {
      const applied = await transact(context.store, context.clock, options, (transaction) =>
        applyPrepared(context, transaction, prepare(context, manifest, index, options)),
      );
      results.push(resultOf(applied));
    } catch (error) {
      results.push({ outcome: 'failed', error: asApiError(error) });
    }
  }
  return results;
}

async function applyTogether(
  context: RegistryContext,
  manifests: readonly AnyManifest[],
  options: ApplyAllOptions,
): Promise<readonly ApplyAllResult[]> {
  const attempt = async (transaction: Transaction): Promise<readonly AppliedObject[]> => {
    const failures = new Map<number, ApiError>();
    const applied: AppliedObject[] = [];
    const breather = new Breather();
    // A few at a time: all at once, everything on the way would still be in memory when the last one is merged.
    for (let from = 0; from < manifests.length; from += manifestsAtOnce) {
      const prepared = new Map<number, Prepared>();
      for (const [at, manifest] of manifests.slice(from, from + manifestsAtOnce).entries()) {
        try {
          prepared.set(from + at, prepare(context, manifest, from + at, options));
        } catch (error) {
          failures.set(from + at, asApiError(error));
        }
      }
      const sound = [...prepared.values()].filter(({ received }) => received.errors.length === 0);
      await transaction.load(sound.map(({ key }) => key));
      for (const [index, one] of prepared) {
        if (breather.tired) await breather.rest(options.signal);
        try {
          applied.push(await applyPrepared(context, transaction, one));
        } catch (error) {
          failures.set(index, asApiError(error));
        }
      }
    }
    if (failures.size > 0) throw new BatchFailure(failures);
    return applied;
  };
  try {
    const applied = await transact(context.store, context.clock, options, attempt);
    return applied.map(resultOf);
  } catch (error) {
    if (!(error instanceof BatchFailure)) throw error;
    return manifests.map((_, index) => {
      const failure = error.failures.get(index);
      return failure === undefined ? { outcome: 'skipped' } : { outcome: 'failed', error: failure };
    });
  }
}

/** A manifest taken in, before anything is known of what is stored. */
interface Prepared {
  readonly binding: KindBinding;
  readonly received: ReceivedObject;
  readonly key: StoreKey;
  readonly options: ApplyOptions;
}

function prepare(context: RegistryContext, manifest: AnyManifest, index: number, options: ApplyAllOptions): Prepared {
  if (!isPlainObject(manifest)) {
    throw new BadRequestError({ message: 'a manifest must be an object with apiVersion, kind and metadata' });
  }
  // Throws for a kind it does not know, with the kinds it does.
  const kind = context.scheme.kindOf(manifest);
  const binding = context.bindingOf(manifest.apiVersion, kind.kind);
  if (binding === undefined) throw new TypeError(`kind ${kind.kind} has no binding`);
  const { onWarning, namespace = 'default', ...rest } = options;
  const own: ApplyOptions = {
    ...rest,
    ...(onWarning === undefined ? {} : { onWarning: (warning) => onWarning(warning, index) }),
  };
  const named = binding.namespaced ? withNamespace(manifest, namespace) : manifest;
  const received = receive(binding, named, own);
  return { binding, received, key: keyOfManifest(binding, received), options: own };
}

function applyPrepared(
  context: RegistryContext,
  transaction: Transaction,
  { binding, received, key, options }: Prepared,
): Promise<AppliedObject> {
  return applyObject(context, binding, transaction, key, received, options);
}

function withNamespace(manifest: AnyManifest, namespace: string): Manifest {
  const metadata: unknown = manifest.metadata;
  if (!isPlainObject(metadata) || (metadata['namespace'] ?? '') !== '') return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

function resultOf({ object, outcome }: AppliedObject): ApplyAllResult {
  return { outcome, object: asStored(object) };
}

/** Failures that speak of one manifest become its result; anything else ends the whole call. */
function asApiError(error: unknown): ApiError {
  if (isApiError(error)) return error;
  throw error;
}
