import type { ContainerRow } from '@ecsm/ecsm-client';

import { hasEnded, isRunning } from '../plan/observed-service.js';
import type { InstanceSample } from './metric-sample.js';

/** How long a container has to be up before its CPU figure shows its load rather than its start: milliseconds. */
export const cpuWarmUpMs = 15_000;

/** What an autoscaler needs to know of one container. */
export interface ContainerFigures {
  readonly name: string;
  /**
   * `running`: as it should be. `starting`: does not serve yet. `down`: should serve and does not, so that nobody knows
   * what it would have to do.
   */
  readonly state: 'running' | 'starting' | 'down';
  /** Absent where the platform does not tell. */
  readonly uptimeMs?: number;
  /** Percent. */
  readonly cpuPercent?: number;
  readonly memoryBytes?: number;
  /** Absent for a container without a limit. */
  readonly memoryLimitBytes?: number;
}

function stateOf(row: ContainerRow): ContainerFigures['state'] {
  if (isRunning(row)) return 'running';
  // A paused container was stopped on purpose, one whose deployment failed never served.
  return hasEnded(row) && row.deployStatus !== 'failure' ? 'down' : 'starting';
}

/** A figure as it was told; one that no container can have tells nothing. */
function told(figure: number | undefined): number | undefined {
  return figure !== undefined && figure >= 0 && figure < Infinity ? figure : undefined;
}

/** Takes from a container's row what autoscalers look at. */
export function containerFigures(row: ContainerRow): ContainerFigures {
  const [uptime, cpu, used, limit] = [row.uptime, row.cpuUsage?.total, row.memoryUsage, row.memoryLimit].map(told);
  return {
    name: row.name,
    state: stateOf(row),
    ...(uptime === undefined ? {} : { uptimeMs: uptime * 1000 }),
    ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    ...(used === undefined ? {} : { memoryBytes: used }),
    ...(limit === undefined || limit === 0 ? {} : { memoryLimitBytes: limit }),
  };
}

/**
 * A container as the replica calculator counts it.
 *
 * One that is down, or whose CPU figure does not tell its load yet, is a figure that is missing: idle before a scale-up,
 * fully used before a scale-down. One that has not started does no part of the work, and counts on the way up only.
 */
export function instanceSample(
  container: ContainerFigures,
  resource: 'cpu' | 'memory',
  value: number | undefined,
): InstanceSample {
  if (container.state === 'starting') return { state: 'unready' };
  const warm = resource === 'memory' || (container.uptimeMs ?? Infinity) >= cpuWarmUpMs;
  return value === undefined || !warm || container.state === 'down' ? { state: 'ready' } : { state: 'ready', value };
}
