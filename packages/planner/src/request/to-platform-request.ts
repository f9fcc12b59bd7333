import { candidateNodes, desiredReplicas, formatImageReference, parseImageReference } from '@ecsm/api-types';
import type { ECSMService, ServiceTemplate } from '@ecsm/api-types';
import type { CreateServiceRequest, ImageConfig, ServiceImage } from '@ecsm/ecsm-client';

import { identityOf, type ServiceIdentity } from '../naming/service-identity.js';
import { platformServiceName } from '../naming/service-name.js';
import { templateHashOf } from '../naming/template-hash.js';
import type { NotExpressible } from './not-expressible.js';
import { overlayConfig } from './overlay-config.js';
import { toPlatformVsoa } from './vsoa.js';

/** The operating system a template names, by its image or its platform, in the platform's spelling. */
export function operatingSystemOf(template: ServiceTemplate): string | undefined {
  const os = parseImageReference(template.image)?.os ?? template.platformSpecific?.platform?.os;
  return os?.toLowerCase();
}

/** What the image part of a request is made from. */
export interface ImageOptions {
  readonly identity: ServiceIdentity;
  readonly template: ServiceTemplate;
  /** Operating system of the image, see {@link operatingSystemOf}. */
  readonly os: string;
  /** The configuration to lay the template over: the image's own, or that of the live service. */
  readonly base: ImageConfig;
  /** The image part of the live service; fields the template does not name are taken from it. */
  readonly live?: ServiceImage;
  readonly upgradeStrategy?: ECSMService['spec']['upgradeStrategy'];
  /** Image that the platform's own upgrade has put in the place of the template's. */
  readonly upgradedTo?: string;
  /** Whether the service carries our mark. @defaultValue `true` */
  readonly marked?: boolean;
}

/** The image part of a request, and what did not find a place in it. */
export interface PlatformImage {
  readonly image: ServiceImage;
  readonly findings: readonly NotExpressible[];
}

/** The image part of a create or update request. */
export function toPlatformImage(options: ImageOptions): PlatformImage {
  const { identity, template, os, base, live } = options;
  const reference = parseImageReference(template.image);
  const { config, findings } = overlayConfig(base, template, {
    os,
    hostname: template.hostname ?? identity.name,
    ...(options.marked === false ? {} : { owner: identity }),
  });
  const vsoa = toPlatformVsoa(template.vsoa, live?.vsoa);
  const image: ServiceImage = {
    ...live,
    ref:
      options.upgradedTo ??
      (reference === undefined ? template.image : formatImageReference({ ...reference, os: reference.os ?? os })),
    action: template.platformSpecific?.action === 'Load' ? 'load' : 'run',
    config,
    ...(vsoa === undefined ? {} : { vsoa }),
    ...(template.imagePullPolicy === undefined ? {} : { pullPolicy: template.imagePullPolicy }),
    autoUpgrade: options.upgradeStrategy?.type ?? 'Never',
  };
  return { image, findings };
}

/** Where a request places instances. */
export interface Placement {
  readonly nodes: readonly string[];
  /** Instances of a Dynamic service; absent for Static. */
  readonly factor?: number;
}

/** Options of {@link toPlatformRequest}. */
export interface PlatformRequestOptions {
  readonly operatorId: string;
  /** Operating system of the image. @defaultValue what the template names, else `sylixos` */
  readonly os?: string;
  /** @defaultValue what the object's template hashes to */
  readonly templateHash?: string;
  /** @defaultValue all nodes and all instances the object asks for */
  readonly placement?: Placement;
  /** Template to run. @defaultValue the object's own */
  readonly template?: ServiceTemplate;
  readonly upgradedTo?: string;
}

/** A create request, and what did not find a place in it. */
export interface PlatformRequest {
  readonly request: CreateServiceRequest;
  readonly findings: readonly NotExpressible[];
}

/** Where an object wants its instances when nothing is under way. */
export function fullPlacement(service: Pick<ECSMService, 'spec'>): Placement {
  const nodes = candidateNodes(service);
  return service.spec.deploymentStrategy.type === 'Static' ? { nodes } : { nodes, factor: desiredReplicas(service) };
}

/**
 * The request that creates the platform service of an object.
 *
 * @param imageConfig - the image's own configuration, over which the template is laid
 *
 * @example
 * ```ts
 * const { request, findings } = toPlatformRequest(service, await clientset.images.config('web@1.2.0#sylixos') ?? {}, {
 *   operatorId: 'default',
 * });
 * ```
 */
export function toPlatformRequest(
  service: ECSMService,
  imageConfig: ImageConfig,
  options: PlatformRequestOptions,
): PlatformRequest {
  const identity = identityOf(service, options.operatorId);
  const template = options.template ?? service.spec.template;
  const { nodes, factor } = options.placement ?? fullPlacement(service);
  const { image, findings } = toPlatformImage({
    identity,
    template,
    os: options.os ?? operatingSystemOf(template) ?? 'sylixos',
    base: imageConfig,
    ...(service.spec.upgradeStrategy === undefined ? {} : { upgradeStrategy: service.spec.upgradeStrategy }),
    ...(options.upgradedTo === undefined ? {} : { upgradedTo: options.upgradedTo }),
  });
  const request: CreateServiceRequest = {
    name: platformServiceName(identity, options.templateHash ?? templateHashOf(service)),
    image,
    node: { names: nodes },
    policy: service.spec.deploymentStrategy.type === 'Static' ? 'static' : 'dynamic',
    ...(factor === undefined ? {} : { factor }),
    prepull: template.prepull ?? false,
  };
  return { request, findings };
}
