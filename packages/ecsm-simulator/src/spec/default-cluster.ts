import type { ClusterSpec, ImageSpec } from './cluster-spec.js';

/**
 * The cluster without a cluster file: worker-1 to worker-3 run SylixOS, worker-4 and worker-5 Linux, with a few small images
 * for either, `web` in several versions.
 */
export const defaultCluster: ClusterSpec = {
  nodes: [
    { name: 'worker-1', os: 'sylixos', address: '10.10.0.1:1112' },
    { name: 'worker-2', os: 'sylixos', address: '10.10.0.2:1112' },
    { name: 'worker-3', os: 'sylixos', address: '10.10.0.3:1112' },
    { name: 'worker-4', os: 'linux', address: '10.10.0.4:1112', memoryMB: 4096 },
    { name: 'worker-5', os: 'linux', address: '10.10.0.5:1112', memoryMB: 4096 },
  ],
  registries: [{ id: 'ground', name: 'ground station' }],
  images: [
    ...versions('web', ['1.0.0', '1.1.0', '2.0.0'], 12),
    ...versions('telemetry', ['1.0.0', '1.1.0'], 8),
    ...versions('camera', ['latest'], 24),
    { ref: 'recorder@1.0.0#sylixos', registry: 'ground', sizeMB: 16, description: 'kept on the ground' },
    {
      ref: 'web@1.2.0-broken#sylixos',
      sizeMB: 12,
      description: 'exits a second after each start, to try rollouts that fail',
      behaviour: { exitAfterMs: 1000, exitCode: 1 },
    },
    {
      ref: 'web@1.2.0-broken#linux',
      sizeMB: 12,
      description: 'exits a second after each start, to try rollouts that fail',
      behaviour: { exitAfterMs: 1000, exitCode: 1 },
    },
  ],
};

function versions(name: string, tags: readonly string[], sizeMB: number): readonly ImageSpec[] {
  return tags.flatMap((tag) => [
    { ref: `${name}@${tag}#sylixos`, sizeMB, author: 'demo' },
    { ref: `${name}@${tag}#linux`, sizeMB, author: 'demo' },
  ]);
}
