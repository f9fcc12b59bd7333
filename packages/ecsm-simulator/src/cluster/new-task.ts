import type { ClusterNode, Service, Task } from './model.js';

/** An instance that has yet to be deployed. */
export function newTask(id: string, service: Service, node: ClusterNode, createdMs: number): Task {
  return {
    id,
    service,
    node,
    createdMs,
    phase: 'failed',
    afterStop: 'stay',
    timer: undefined,
    waitsForPull: false,
    wanted: service.image.action === 'run' ? 'running' : 'stopped',
    deployStatus: 'deploying',
    failedMessage: null,
    retryOnReturn: false,
    deployNum: 0,
    containerId: '',
    containerName: `${service.name}-${id.slice(0, 8)}`,
    containerCreatedMs: 0,
    startedMs: 0,
    ref: service.ref,
    digest: '',
    restartCount: 0,
    deaths: 0,
    exitCode: undefined,
    health: 'unknown',
    sick: false,
    healthTimer: undefined,
    memoryMB: 0,
    diskMB: 0,
    reserved: false,
    vsoaPort: 0,
    ghost: 'none',
    history: [],
    process: undefined,
  };
}
