import type { ContainerRuntime } from '../runtime/container-runtime.js';
import type { PlatformSettings } from '../settings.js';
import type { ClusterEvent, ClusterEventKind } from './cluster-event.js';
import type { ClusterState } from './cluster-state.js';
import type { RandomSource } from './random-source.js';
import type { Timeline } from './timeline.js';

/** What the parts of the cluster share. */
export interface ClusterContext {
  readonly settings: PlatformSettings;
  readonly timeline: Timeline;
  readonly random: RandomSource;
  readonly state: ClusterState;
  /** Absent: containers live in the model alone. */
  readonly runtime: ContainerRuntime | undefined;
  /** Tells whoever listens what has just happened. */
  tell(kind: ClusterEventKind, message: string, about?: Pick<ClusterEvent, 'node' | 'service' | 'container'>): void;
}
