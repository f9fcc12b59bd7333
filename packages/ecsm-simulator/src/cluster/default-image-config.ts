import type { ImageConfig } from '@ecsm/ecsm-client';

import type { ImageRef } from './image-ref.js';

/** A configuration for images that bring none, in the shape of their operating system. */
export function defaultImageConfig(ref: ImageRef, arch: string): ImageConfig {
  if (ref.os !== 'sylixos') {
    return { hostname: ref.name, publish: [], env: [], cmd: [`/usr/bin/${ref.name}`] };
  }
  return {
    ociVersion: '1.0.0',
    platform: { os: 'sylixos', arch },
    process: { args: [`/apps/${ref.name}/${ref.name}`], env: ['PATH=/usr/bin:/bin'], cwd: '/' },
    root: { path: '/rootfs', readonly: false },
    hostname: ref.name,
    mounts: [],
    sylixos: {
      devices: [],
      resources: {
        cpu: { highestPrio: 160, lowestPrio: 250, defaultPrio: 200 },
        memory: { kheapLimit: 2_097_152, memoryLimitMB: 128 },
        disk: { limitMB: 256 },
      },
      network: { telnetdEnable: false, ftpdEnable: false },
      commands: ['exec', 'ls'],
    },
  };
}
