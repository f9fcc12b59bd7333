/** What can happen in the cluster. */
export const clusterEventKinds = [
  'nodeAdded',
  'nodeRemoved',
  'nodeDown',
  'nodeUp',
  'nodeOffline',
  'nodeOnline',
  'imagePushed',
  'imagePulled',
  'serviceCreated',
  'serviceUpdated',
  'serviceUpgraded',
  'serviceDeleting',
  'serviceDeleted',
  'deploymentStarted',
  'deploymentFailed',
  'containerCreated',
  'containerStarted',
  'containerStopped',
  'containerPaused',
  'containerUnpaused',
  'containerDied',
  'containerRemoved',
  'containerUnhealthy',
  'containerHealthy',
  'instanceMigrated',
  'duplicateRemoved',
] as const;
/** One of {@link clusterEventKinds}. */
export type ClusterEventKind = (typeof clusterEventKinds)[number];

/** Something that happened in the cluster, for logs and for tests. */
export interface ClusterEvent {
  readonly kind: ClusterEventKind;
  /** Simulated wall clock, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** A sentence a person can follow. */
  readonly message: string;
  readonly node?: string;
  readonly service?: string;
  readonly container?: string;
}
