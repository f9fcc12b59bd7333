import type { ServiceTemplate } from '@ecsm/api-types';
import type { ImageConfig } from '@ecsm/ecsm-client';

import { asRecord, defined, mergeDeep } from '../internal/json.js';
import type { ServiceIdentity } from '../naming/service-identity.js';
import { overlayEnvironment } from './environment.js';
import type { NotExpressible } from './not-expressible.js';
import type { ConfigOverlay } from './overlay-config.js';

const remedy = 'the configuration of Linux images is not documented; say it in platformSpecific.docker instead';

/** Fields of a template for which no place in a Docker configuration is known. */
function inexpressible(template: ServiceTemplate): readonly NotExpressible[] {
  const { root, sylixos } = template.platformSpecific ?? {};
  const fields: readonly (readonly [string, unknown])[] = [
    ['workingDir', template.workingDir],
    ['resources.limits.memory', template.resources?.limits?.memory],
    ['resources.limits.disk', template.resources?.limits?.disk],
    ['volumeMounts', template.volumeMounts?.length === 0 ? undefined : template.volumeMounts],
    ['platformSpecific.root', root],
    ['platformSpecific.sylixos', sylixos],
  ];
  return fields.flatMap(([field, value]) => (value === undefined ? [] : [{ field: `spec.template.${field}`, remedy }]));
}

/** Lays a template over the configuration of a Linux container, whose shape is known only in part. */
export function overlayDockerConfig(
  base: ImageConfig,
  template: ServiceTemplate,
  hostname: string | undefined,
  owner: ServiceIdentity | undefined,
): ConfigOverlay {
  const under = asRecord(mergeDeep(base, template.platformSpecific?.docker));
  const env = overlayEnvironment(under['env'], template.env, owner);
  const config = {
    ...under,
    ...defined({
      hostname,
      cmd: template.command ?? under['cmd'],
      env: env.length === 0 && under['env'] === undefined ? undefined : env,
    }),
  };
  return { config, findings: inexpressible(template) };
}
