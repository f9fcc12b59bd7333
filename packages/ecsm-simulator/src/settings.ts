/**
 * How the simulated platform behaves where the real one's behaviour is disputed or undocumented, and how long things take.
 *
 * Every default has a row in {@link assumptions}, with what is known about it. Times are simulated milliseconds.
 */
export interface PlatformSettings {
  /** Whether creating or renaming to a service name that is taken is refused. @defaultValue `refuse` */
  readonly duplicateNames: 'refuse' | 'accept';
  /** Which containers a PUT on a service replaces: those whose definition changed, or all of them. @defaultValue `changed` */
  readonly putRestarts: 'changed' | 'all';
  /**
   * What a `factor` on a static service does: `ignore` reports the number of nodes instead, `store` reports what was sent
   * (placement is not affected), `refuse` answers with an error.
   *
   * @defaultValue `ignore`
   */
  readonly factorOnStatic: 'ignore' | 'store' | 'refuse';
  /** What `factor: 0` means on a dynamic service: no instances, one instance, or an error. @defaultValue `zero` */
  readonly factorZero: 'zero' | 'one' | 'refuse';
  /** Reply of POST service/:action/ids: `{ids: […]}` or a bare array. @defaultValue `object` */
  readonly actionReply: 'object' | 'array';
  /** What `containers` of a create or update reply holds. @defaultValue `taskIds` */
  readonly replyContainers: 'taskIds' | 'containerIds';
  /** HTTP status of a refused request: always 200, or the envelope's own status. @defaultValue `ok` */
  readonly failureHttpStatus: 'ok' | 'envelope';
  /** Type of `fieldErrors` in a validation error. @defaultValue `string` */
  readonly fieldErrors: 'string' | 'object';
  /** Deploy status of a stopped service in lists and details. @defaultValue `complete` */
  readonly stoppedServiceStatus: 'complete' | 'stopped';
  /** When a deleted service leaves the lists: with its last container, or at once. @defaultValue `untilContainersGone` */
  readonly deletedServiceRow: 'untilContainersGone' | 'goneAtOnce';
  /** What `instanceActive` counts: deployed instances that are not online, or all deployed ones. @defaultValue `notOnline` */
  readonly instanceActive: 'notOnline' | 'deployed';
  /** Container status shown for instances on a node known to be offline. @defaultValue `exited` */
  readonly lostContainerStatus: 'exited' | 'running';
  /** What becomes of an instance that was replaced elsewhere when its node returns. @defaultValue `removeDuplicate` */
  readonly returningNode: 'removeDuplicate' | 'keepDuplicate';
  /** Whether exited containers are started again by the platform. @defaultValue `always` */
  readonly restartPolicy: 'always' | 'onFailure' | 'never';
  /** Which nodes `prepull` gives the image to. @defaultValue `service` */
  readonly prepullScope: 'service' | 'cluster';
  /** Whether deleting a mixed batch of nodes removes the unused ones. @defaultValue `false` */
  readonly partialNodeDelete: boolean;
  /** Spelling of node types. @defaultValue `lower` */
  readonly nodeTypeNames: 'lower' | 'display';
  /** Answer to GET container/:taskId with an id that is none: an error, or a success whose data is the word `success`. @defaultValue `error` */
  readonly unknownTaskReply: 'error' | 'successWord';
  /** Shape of the template search answer. @defaultValue `list` */
  readonly templateSearchReply: 'list' | 'object';
  /** Time until the platform notices that a node stopped answering. @defaultValue 10 000 */
  readonly nodeDetectionMs: number;
  /** Time from noticing a lost node to replacing its instances elsewhere. @defaultValue 1000 */
  readonly migrationDelayMs: number;
  /** Time a node takes to boot before its containers start again. @defaultValue 3000 */
  readonly nodeBootMs: number;
  /** Time to create a container from an image on the node. @defaultValue 300 */
  readonly createMs: number;
  /** Time from created to running, unless the image says otherwise. @defaultValue 500 */
  readonly startMs: number;
  /** Time from the stop command to the container's end. @defaultValue 400 */
  readonly stopMs: number;
  /** Time after which a deployment to a silent node is given up. @defaultValue 60 000 */
  readonly deployTimeoutMs: number;
  /** Pull time per MB, for images that do not state a pull time. @defaultValue 50 */
  readonly pullMsPerMB: number;
  /** First pause before a dead container is restarted; doubles with each death. @defaultValue 1000 */
  readonly restartBaseMs: number;
  /** Longest pause before a restart. @defaultValue 60 000 */
  readonly restartMaxMs: number;
  /** A container that ran this long starts its restart pauses afresh. @defaultValue 60 000 */
  readonly restartResetMs: number;
  /** Pause before a failed deployment is tried again by the platform; 0 = never. @defaultValue 0 */
  readonly deployRetryMs: number;
  /** Time the node type refresh takes. @defaultValue 1000 */
  readonly typeRefreshMs: number;
  /** Memory reserved for a container whose configuration has no limit, in MB. @defaultValue 64 */
  readonly defaultMemoryMB: number;
  /** Disk reserved for a container whose configuration has no limit, in MB. @defaultValue 64 */
  readonly defaultDiskMB: number;
  /** First host port given out to VSOA services that do not ask for one. @defaultValue 30 000 */
  readonly firstVsoaPort: number;
  /** Deployment records kept per service. @defaultValue 20 */
  readonly recordLimit: number;
}

/** The platform as the assumptions describe it. */
export const defaultSettings: PlatformSettings = {
  duplicateNames: 'refuse',
  putRestarts: 'changed',
  factorOnStatic: 'ignore',
  factorZero: 'zero',
  actionReply: 'object',
  replyContainers: 'taskIds',
  failureHttpStatus: 'ok',
  fieldErrors: 'string',
  stoppedServiceStatus: 'complete',
  deletedServiceRow: 'untilContainersGone',
  instanceActive: 'notOnline',
  lostContainerStatus: 'exited',
  returningNode: 'removeDuplicate',
  restartPolicy: 'always',
  prepullScope: 'service',
  partialNodeDelete: false,
  nodeTypeNames: 'lower',
  unknownTaskReply: 'error',
  templateSearchReply: 'list',
  nodeDetectionMs: 10_000,
  migrationDelayMs: 1000,
  nodeBootMs: 3000,
  createMs: 300,
  startMs: 500,
  stopMs: 400,
  deployTimeoutMs: 60_000,
  pullMsPerMB: 50,
  restartBaseMs: 1000,
  restartMaxMs: 60_000,
  restartResetMs: 60_000,
  deployRetryMs: 0,
  typeRefreshMs: 1000,
  defaultMemoryMB: 64,
  defaultDiskMB: 64,
  firstVsoaPort: 30_000,
  recordLimit: 20,
};
