import { apiVersionOf, checkLabelName, ECSMService, imageTag, type Manifest } from '@ecsm/api-types';
import type { ImageConfig, ServiceDetail } from '@ecsm/ecsm-client';

import { asRecord, defined } from '../internal/json.js';
import { ownerMarkOf, parseOwnerMark } from '../naming/owner-mark.js';
import { fromImageConfig } from './from-image-config.js';
import { fromPlatformVsoa } from './vsoa.js';

/** Annotation that binds an object to an existing platform service by its id. */
export const adoptAnnotation = 'ecsm.sh/adopt';

/** Options of {@link fromPlatformService}. */
export interface ImportOptions {
  /** Name of the object. @defaultValue the name in the mark, else the platform's name made fit */
  readonly name?: string;
  readonly namespace?: string;
  /** Whether the manifest takes the live service over instead of running a second one. @defaultValue `true` */
  readonly adopt?: boolean;
  /** What the image brings along, which the manifest then leaves out. Without it everything is named. */
  readonly imageConfig?: ImageConfig;
}

/** A platform name as an object name: lower case, with dashes for what is not allowed. */
function objectName(name: string): string {
  const fit = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return checkLabelName(fit) === undefined ? fit : 'imported';
}

/**
 * A manifest for a live platform service: what its template names is what distinguishes it, the rest stays the image's.
 * What a template has no field for is not in it.
 *
 * The mark is left out. With adoption (the default) applying the manifest takes the running service over as it is.
 */
export function fromPlatformService(detail: ServiceDetail, options: ImportOptions = {}): Manifest<ECSMService> {
  const { image } = detail;
  const owner = parseOwnerMark(ownerMarkOf(image.config) ?? '');
  const config = asRecord(image.config);
  const nodes = detail.node?.names ?? detail.nodeList.map(({ nodeName }) => nodeName);
  const hostname = config['hostname'];
  const vsoa = fromPlatformVsoa(image.vsoa);
  const namespace = options.namespace ?? owner?.namespace;
  const isSylixos = image.ref.endsWith('#sylixos');
  const { platformSpecific, ...container } = fromImageConfig(config, options.imageConfig, isSylixos);
  return {
    apiVersion: apiVersionOf(ECSMService),
    kind: ECSMService.kind,
    metadata: {
      name: options.name ?? owner?.name ?? objectName(detail.name),
      ...(namespace === undefined ? {} : { namespace }),
      ...(options.adopt === false ? {} : { annotations: { [adoptAnnotation]: detail.id } }),
    },
    spec: {
      deploymentStrategy:
        detail.policy === 'static'
          ? { type: 'Static', nodes }
          : { type: 'Dynamic', replicas: detail.factor, nodePool: nodes },
      upgradeStrategy: { type: image.autoUpgrade ?? 'Never' },
      template: {
        image: image.ref,
        imagePullPolicy: image.pullPolicy ?? (imageTag(image.ref) === 'latest' ? 'Always' : 'IfNotPresent'),
        ...(typeof hostname === 'string' && hostname !== '' ? { hostname } : {}),
        ...container,
        ...defined({ vsoa }),
        platformSpecific: { action: image.action === 'load' ? 'Load' : 'Run', ...platformSpecific },
      },
    },
  };
}
