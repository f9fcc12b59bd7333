import { bytesPerMebibyte, parseQuantity, type ServiceTemplate, type VolumeMount } from '@ecsm/api-types';
import type { ImageConfig } from '@ecsm/ecsm-client';

import { asRecord, defined, isRecord, laidOver } from '../internal/json.js';
import type { ServiceIdentity } from '../naming/service-identity.js';
import { overlayEnvironment } from './environment.js';
import type { NotExpressible } from './not-expressible.js';
import type { ConfigOverlay } from './overlay-config.js';

/** MiB that hold a quantity, rounded up; the platform counts in whole ones. */
function mebibytes(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : Math.ceil(parseQuantity(quantity) / bytesPerMebibyte);
}

/** Mounts of the image with those of the template, which replace one at the same place in the container. */
function overlayMounts(base: unknown, volumes: readonly VolumeMount[] | undefined): readonly unknown[] | undefined {
  if (volumes === undefined) return undefined;
  const wanted = new Map(volumes.map((volume) => [volume.containerPath, volume]));
  const mount = (under: unknown, volume: VolumeMount): unknown => ({
    ...asRecord(under),
    destination: volume.containerPath,
    source: volume.hostPath,
    options: [volume.readOnly === true ? 'ro' : 'rw'],
  });
  const kept = (Array.isArray(base) ? (base as readonly unknown[]) : []).map((each) => {
    const destination = asRecord(each)['destination'];
    const volume = typeof destination === 'string' ? wanted.get(destination) : undefined;
    if (volume === undefined) return each;
    wanted.delete(volume.containerPath);
    return mount(each, volume);
  });
  return [...kept, ...[...wanted.values()].map((volume) => mount(undefined, volume))];
}

function overlayResources(base: unknown, template: ServiceTemplate): unknown {
  const under = asRecord(base);
  const limits = template.resources?.limits;
  const sylixos = template.platformSpecific?.sylixos;
  return laidOver(base, {
    cpu: sylixos?.cpu === undefined ? undefined : laidOver(under['cpu'], { ...sylixos.cpu }),
    affinity: sylixos?.affinity,
    memory:
      limits?.memory === undefined && sylixos?.memory?.kheapLimit === undefined
        ? undefined
        : laidOver(under['memory'], {
            memoryLimitMB: mebibytes(limits?.memory),
            kheapLimit: sylixos?.memory?.kheapLimit,
          }),
    disk: limits?.disk === undefined ? undefined : laidOver(under['disk'], { limitMB: mebibytes(limits.disk) }),
    kernelObject:
      sylixos?.kernelObjects === undefined ? undefined : laidOver(under['kernelObject'], { ...sylixos.kernelObjects }),
  });
}

function overlaySylixos(base: unknown, template: ServiceTemplate): unknown {
  const under = asRecord(base);
  const { devices, network, commands } = template.platformSpecific?.sylixos ?? {};
  return laidOver(base, {
    devices,
    commands,
    network:
      network === undefined
        ? undefined
        : laidOver(under['network'], {
            ftpdEnable: network.ftpd,
            telnetdEnable: network.telnetd,
            sshdEnable: network.sshd,
          }),
    resources: overlayResources(under['resources'], template),
  });
}

/** Lays a template over the configuration of a SylixOS container. */
export function overlayEcsConfig(
  base: ImageConfig,
  template: ServiceTemplate,
  hostname: string | undefined,
  owner: ServiceIdentity | undefined,
): ConfigOverlay {
  const process = asRecord(base['process']);
  const { root, platform, docker } = template.platformSpecific ?? {};
  const env = overlayEnvironment(process['env'], template.env, owner);
  const findings: NotExpressible[] =
    docker === undefined
      ? []
      : [
          {
            field: 'spec.template.platformSpecific.docker',
            remedy: 'it is a SylixOS image; use the other fields of the template',
          },
        ];
  const config = {
    ...base,
    ...defined({
      hostname,
      process: laidOver(base['process'], {
        args: template.command,
        cwd: template.workingDir,
        env: env.length === 0 && process['env'] === undefined ? undefined : env,
      }),
      root: root === undefined ? base['root'] : laidOver(base['root'], { path: root.path, readonly: root.readOnly }),
      platform:
        isRecord(base['platform']) || (platform?.os !== undefined && platform.arch !== undefined)
          ? laidOver(base['platform'], { os: platform?.os?.toLowerCase(), arch: platform?.arch })
          : base['platform'],
      mounts: overlayMounts(base['mounts'], template.volumeMounts) ?? base['mounts'],
      sylixos: overlaySylixos(base['sylixos'], template),
    }),
  };
  return { config, findings };
}
