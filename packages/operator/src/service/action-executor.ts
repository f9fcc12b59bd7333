import { parseImageReference, type ECSMService } from '@ecsm/api-types';
import { isEcsmClientError, isOutcomeUnknownError, type Clientset, type ServiceImage } from '@ecsm/ecsm-client';
import {
  adoptAnnotation,
  describeNotExpressible,
  expectCreated,
  expectUpdated,
  formatOwnerMark,
  identityOf,
  ownerMarkOf,
  toPlatformImage,
  toPlatformRequest,
  type Action,
  type NotExpressible,
  type PlatformImage,
} from '@ecsm/planner';

import type { PlatformHabits } from '../platform/platform-habits.js';
import type { PlatformObserver } from '../platform/platform-observer.js';
import { BlockedError } from './blocked-error.js';
import type { ImageCatalog } from './image-catalog.js';

/** Options of {@link ActionExecutor}. */
export interface ActionExecutorOptions {
  readonly clientset: Clientset;
  readonly observer: PlatformObserver;
  readonly images: ImageCatalog;
  readonly habits: PlatformHabits;
  readonly operatorId: string;
}

type ActionOf<Type extends Action['type']> = Extract<Action, { readonly type: Type }>;

function assertExpressible(findings: readonly NotExpressible[]): void {
  if (findings.length === 0) return;
  throw new BlockedError({ reason: 'NotExpressible', message: describeNotExpressible(findings) });
}

/** Whether the platform refused because of the state of something else, such as a name that is taken. */
function isConflict(error: unknown): boolean {
  return isEcsmClientError(error, 'ApiError') && 'reason' in error && error.reason === 'Conflict';
}

/** Carries the actions of a plan out on the platform, and tells the observer what it has done. */
export class ActionExecutor {
  readonly #options: ActionExecutorOptions;

  constructor(options: ActionExecutorOptions) {
    this.#options = options;
  }

  /**
   * Carries one action out.
   *
   * @throws BlockedError when the object cannot be carried out as it stands
   * @throws EcsmClientError when the platform refuses or does not answer; what is known has been brought up to date then,
   *   as far as it could be
   */
  async execute(action: Action, service: ECSMService, signal: AbortSignal): Promise<void> {
    switch (action.type) {
      case 'create':
        return this.#create(action, service, signal);
      case 'update':
        return this.#update(action, service, signal);
      case 'destroy':
        if (await this.#isOurs(action.id, service, signal)) await this.#destroy(action, signal);
        return;
      case 'act':
        if (!(await this.#isOurs(action.id, service, signal))) return;
        await this.#options.clientset.services.act(action.verb, [action.id], { signal });
        return;
    }
  }

  async #create(action: ActionOf<'create'>, service: ECSMService, signal: AbortSignal): Promise<void> {
    const { clientset, images, observer, operatorId } = this.#options;
    const { template, hash, upgradedTo } = action.revision;
    const os = await images.operatingSystem(template);
    const ref = imageRef(template.image, os);
    const base = await this.#imageConfig(ref);
    const { request, findings } = toPlatformRequest(service, base, {
      operatorId,
      os,
      template,
      templateHash: hash,
      placement: { nodes: action.nodes, ...(action.factor === undefined ? {} : { factor: action.factor }) },
      ...(upgradedTo === undefined ? {} : { upgradedTo }),
    });
    assertExpressible(findings);
    try {
      const { id } = await clientset.services.create(request, { signal });
      const { name, policy = 'static', node, factor, image } = request;
      const written = { id, name, policy, nodes: node.names, ...(factor === undefined ? {} : { factor }) };
      const mark = formatOwnerMark(identityOf(service, operatorId));
      observer.takeWrite(expectCreated(written, { image: image.ref, mark }));
    } catch (error) {
      if (!isOutcomeUnknownError(error) && !isConflict(error)) throw error;
      // Perhaps it exists all the same, or somebody else's has the name: the plan must see it before it goes on.
      await observer.lookFor(action.name, signal).catch(() => {
        throw error;
      });
      if (!observer.hasName(action.name)) throw error;
    }
  }

  async #update(action: ActionOf<'update'>, service: ECSMService, signal: AbortSignal): Promise<void> {
    const { clientset, observer, habits, operatorId } = this.#options;
    const seen = await observer.readDetail(action.id, signal);
    const detail = seen?.detail;
    if (seen === undefined || detail === undefined) return;
    const identity = identityOf(service, operatorId);
    const adopted = service.metadata.annotations?.[adoptAnnotation] === action.id;
    if (!adopted && seen.mark !== formatOwnerMark(identity)) return;
    const { image, findings } = await this.#imageFor(action, service, detail.image, adopted);
    assertExpressible(findings);
    const name = action.rename ?? detail.name;
    const nodes = action.nodes ?? detail.node?.names ?? detail.nodeList.map(({ nodeName }) => nodeName);
    const policy = action.policy ?? (detail.policy === 'static' ? 'static' : 'dynamic');
    const factor = policy === 'static' ? undefined : (action.factor ?? detail.factor);
    const request = {
      id: action.id,
      name,
      image,
      node: { names: nodes },
      policy,
      ...(factor === undefined ? {} : { factor }),
    };
    if (action.image === 'keep') await habits.before(seen, nodes, factor ?? nodes.length, signal);
    else habits.disregard(action.id);
    try {
      const { id } = await clientset.services.update(request, { signal });
      if (id !== action.id) observer.takeGone(action.id);
      const written = { id, name, policy, nodes, ...(factor === undefined ? {} : { factor }) } as const;
      const restarts = action.image !== 'keep' || habits.facts.putRestarts === 'all';
      observer.takeWrite(expectUpdated(seen, written, restarts));
    } catch (error) {
      // Refused because it is on its way out already: told so before a crash, or by somebody else.
      if (isConflict(error) && action.rename === undefined) observer.takeLeaving(action.id);
      throw error;
    }
  }

  /** Reads the mark of a service where only an earlier operator has done so; the next plan knows it then. */
  async #isOurs(id: string, service: ECSMService, signal: AbortSignal): Promise<boolean> {
    const { observer, operatorId } = this.#options;
    if (!observer.isPresumed(id)) return true;
    return (await observer.readDetail(id, signal))?.mark === formatOwnerMark(identityOf(service, operatorId));
  }

  async #destroy(action: ActionOf<'destroy'>, signal: AbortSignal): Promise<void> {
    const { clientset, observer } = this.#options;
    try {
      await clientset.services.delete(action.id, { signal });
      observer.takeLeaving(action.id);
    } catch (error) {
      const seen = await observer.readDetail(action.id, signal).catch(() => {
        throw error;
      });
      if (seen !== undefined) throw error;
    }
  }

  async #imageFor(
    action: ActionOf<'update'>,
    service: ECSMService,
    live: ServiceImage,
    adopted: boolean,
  ): Promise<PlatformImage> {
    if (action.image === 'keep') return { image: live, findings: [] };
    const { operatorId, images } = this.#options;
    const { template, upgradedTo } = action.revision;
    const os =
      action.image === 'correct'
        ? (parseImageReference(live.ref)?.os ?? (await images.operatingSystem(template)))
        : await images.operatingSystem(template);
    const base = action.image === 'correct' ? live.config : await this.#imageConfig(imageRef(template.image, os));
    return toPlatformImage({
      identity: identityOf(service, operatorId),
      template,
      os,
      base,
      live,
      marked: !adopted || ownerMarkOf(live.config) !== undefined || action.rename !== undefined,
      ...(service.spec.upgradeStrategy === undefined ? {} : { upgradeStrategy: service.spec.upgradeStrategy }),
      ...(upgradedTo === undefined ? {} : { upgradedTo }),
    });
  }

  async #imageConfig(ref: string): Promise<Awaited<ReturnType<ImageCatalog['config']>>> {
    try {
      return await this.#options.images.config(ref);
    } catch (error) {
      if (!isEcsmClientError(error, 'ApiError') || !('reason' in error) || error.reason !== 'NotFound') throw error;
      throw new BlockedError(
        {
          reason: 'ImageNotFound',
          message: `the platform has no image ${ref}: push it, or correct spec.template.image`,
        },
        { cause: error },
      );
    }
  }
}

/** A reference as the platform wants it, with the operating system. */
function imageRef(image: string, os: string): string {
  return image.includes('#') ? image : `${image}#${os}`;
}
