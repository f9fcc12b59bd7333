import type { PlatformSettings } from './settings.js';

/**
 * How sure a statement about the platform is.
 *
 * - `assumed`: no source says anything; this is a reading or a proposal.
 * - `disputed`: sources disagree, or one weak source stands alone.
 */
export type Certainty = 'assumed' | 'disputed';

/** Something the simulator had to decide about the platform because no document does. */
export interface Assumption {
  /** What is in question. */
  readonly subject: string;
  /** How the simulator behaves unless a setting says otherwise. */
  readonly choice: string;
  /** The setting that chooses, where there is one. */
  readonly setting?: keyof PlatformSettings;
  readonly certainty: Certainty;
  /** What is known: [doc] ACOINFO's pages, [client] [test] [fork] [ctl] [ft] programs that speak to a real platform. */
  readonly evidence: string;
}

/** Every decision of the simulator that a look at a real platform could overturn, in one place. */
export const assumptions: readonly Assumption[] = [
  // Services
  {
    subject: 'creating a service whose name is taken',
    choice: 'refused with envelope status 409',
    setting: 'duplicateNames',
    certainty: 'disputed',
    evidence: '[fork] has a name check and treats a hit as unusable; [client] guards against duplicates all the same',
  },
  {
    subject: 'which containers a PUT replaces',
    choice: 'those of a service whose image part changed; other changes only add and remove instances',
    setting: 'putRestarts',
    certainty: 'assumed',
    evidence: '[ctl] scales by PUT of the whole service; nobody says what becomes of running containers',
  },
  {
    subject: 'factor on a static service',
    choice: 'ignored; rows show the number of nodes',
    setting: 'factorOnStatic',
    certainty: 'disputed',
    evidence: '[doc] factor is meaningful for dynamic only; [test] warns when it does not follow an update',
  },
  {
    subject: 'factor 0 on a dynamic service',
    choice: 'no instances',
    setting: 'factorZero',
    certainty: 'assumed',
    evidence: '[ctl] meets rows with factor 0; no source sends it',
  },
  {
    subject: 'the largest factor',
    choice: '10000; more is refused',
    certainty: 'assumed',
    evidence: 'no source names a limit',
  },
  {
    subject: 'factor missing on a dynamic service',
    choice: 'one instance',
    certainty: 'assumed',
    evidence: '[doc] the field is optional',
  },
  {
    subject: 'reply of POST service/:action/ids',
    choice: '{ids: […]}',
    setting: 'actionReply',
    certainty: 'disputed',
    evidence: '[fork] expects {ids}, [ctl] decodes a bare array, [ft] ignores it',
  },
  {
    subject: 'containers in the reply of a create or update',
    choice: 'task ids',
    setting: 'replyContainers',
    certainty: 'assumed',
    evidence: '[client] does not say which; at that time no container exists yet',
  },
  {
    subject: 'status of a stopped service',
    choice: 'complete',
    setting: 'stoppedServiceStatus',
    certainty: 'disputed',
    evidence: '[doc] knows complete and deploying only; one weak test of the fork expects stopped',
  },
  {
    subject: 'when a deleted service leaves the lists',
    choice: 'with its last container; until then its status is deploying',
    setting: 'deletedServiceRow',
    certainty: 'assumed',
    evidence: '[client] DELETE answers a transaction id at once, containers vanish later',
  },
  {
    subject: 'instanceActive',
    choice: 'deployed instances that are not online',
    setting: 'instanceActive',
    certainty: 'disputed',
    evidence: '[ctl] adds online and active up, so they should not overlap; [client] leaves it open',
  },
  {
    subject: 'instanceOnline and the health check',
    choice: 'an instance that runs is online whether or not it passes its check; healthy tells about the check',
    certainty: 'assumed',
    evidence: '[client] treats online as up and running',
  },
  {
    subject: 'healthy of a service',
    choice: 'as many instances online as wanted, and all of them pass their check, if there is one',
    certainty: 'assumed',
    evidence: '[client] a boolean',
  },
  {
    subject: 'placement of dynamic instances',
    choice: 'fewest instances of the service on the node, then the least share of memory taken, then order of naming',
    certainty: 'assumed',
    evidence: '[doc] chosen from the named nodes; several on one node where factor exceeds the nodes',
  },
  {
    subject: 'which instances go when factor shrinks',
    choice: 'failed ones, then those that do not run, then from the fullest node, then the youngest',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'unknown node in node.names',
    choice: 'refused with envelope status 400',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'unknown image',
    choice: 'accepted; the deployment fails with a failedMessage',
    certainty: 'assumed',
    evidence: '[doc] for pullPolicy Never: otherwise the deployment errors',
  },
  {
    subject: 'image of another operating system than the node',
    choice: 'the deployment fails; dynamic placement avoids such nodes. Architectures are not compared',
    certainty: 'assumed',
    evidence: '[doc] the reference carries the os',
  },
  {
    subject: 'nodes that prepull serves',
    choice: 'the nodes of the service',
    setting: 'prepullScope',
    certainty: 'assumed',
    evidence: '[doc] says all nodes and leaves open of what',
  },
  {
    subject: 'how containers are replaced on an update',
    choice:
      'all at once: each is stopped, then its image is pulled, then the new container is created on the same node',
    certainty: 'assumed',
    evidence: '[doc] has no rolling update',
  },
  {
    subject: 'update of a stopped service',
    choice: 'an unchanged definition leaves it stopped, a changed one follows image.action',
    certainty: 'disputed',
    evidence: '[ctl] starts it after scaling if it was stopped',
  },
  // Containers
  {
    subject: 'deployStatus while a deployment is under way',
    choice: 'deploying',
    certainty: 'assumed',
    evidence: '[ft] knows success and failure',
  },
  {
    subject: 'containers that end by themselves',
    choice: 'started again, after a pause that doubles with each death in a row; restartCnt counts the starts',
    setting: 'restartPolicy',
    certainty: 'assumed',
    evidence: '[ft] treats a growing restartCnt as a fault',
  },
  {
    subject: 'first pause before a restart',
    choice: '1 s, doubling',
    setting: 'restartBaseMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'longest pause before a restart',
    choice: '60 s',
    setting: 'restartMaxMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'when the pauses begin afresh',
    choice: 'after a minute of running',
    setting: 'restartResetMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'reset of restartCnt',
    choice: 'with a new deployment',
    certainty: 'assumed',
    evidence: '[client] only names the field',
  },
  {
    subject: 'deployNum',
    choice: 'counts the deployments of the slot',
    certainty: 'assumed',
    evidence: '[client] only names the field',
  },
  {
    subject: 'container status between created and running',
    choice: 'created; exited before a restart',
    certainty: 'assumed',
    evidence: '[ft] knows running, created, paused, exited',
  },
  {
    subject: 'livenessProbe',
    choice: 'a container that fails its health check is ended, and restarted like any dead one',
    certainty: 'assumed',
    evidence: '[ctl] [ft] send it as false',
  },
  {
    subject: 'which services have a health check',
    choice: 'those with a vsoa.healthPath; before the first verdict an instance is not healthy',
    certainty: 'assumed',
    evidence: '[doc] lists the fields',
  },
  {
    subject: 'failed deployments',
    choice: 'stay failed until the service is changed, redeployed or started, or the node they waited for returns',
    setting: 'deployRetryMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'deployment to a node that does not answer',
    choice: 'fails after a minute',
    setting: 'deployTimeoutMs',
    certainty: 'assumed',
    evidence: '[ft] treats a deploy timeout as a failure',
  },
  {
    subject: 'time to create a container',
    choice: '300 ms',
    setting: 'createMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'time from created to running',
    choice: '500 ms',
    setting: 'startMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'time to stop a container',
    choice: '400 ms',
    setting: 'stopMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'time to pull an image',
    choice: '50 ms per MB',
    setting: 'pullMsPerMB',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'memory reserved without a limit in the configuration',
    choice: '64 MB',
    setting: 'defaultMemoryMB',
    certainty: 'assumed',
    evidence: 'the shape of Docker configurations is in no source',
  },
  {
    subject: 'disk reserved without a limit in the configuration',
    choice: '64 MB',
    setting: 'defaultDiskMB',
    certainty: 'assumed',
    evidence: 'the shape of Docker configurations is in no source',
  },
  {
    subject: 'what makes a node full',
    choice: 'limits of the containers against the node’s memory and disk (images included), and VSOA host ports',
    certainty: 'assumed',
    evidence: '[doc] strong resource quotas',
  },
  {
    subject: 'VSOA ports given out by the platform',
    choice: 'from 30 000 upwards on each node',
    setting: 'firstVsoaPort',
    certainty: 'assumed',
    evidence: '[doc] missing or 0 = assigned dynamically',
  },
  {
    subject: 'user of commands in the history',
    choice: 'admin; deployments appear as run or load',
    certainty: 'assumed',
    evidence: '[test] cmd is the verb',
  },
  // Nodes
  {
    subject: 'time until a silent node is offline',
    choice: '10 s',
    setting: 'nodeDetectionMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'time from offline to migration',
    choice: '1 s',
    setting: 'migrationDelayMs',
    certainty: 'assumed',
    evidence: '[doc] workloads migrate by themselves',
  },
  {
    subject: 'time a node takes to boot',
    choice: '3 s',
    setting: 'nodeBootMs',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'migrated instances',
    choice: 'a new task with a new task id on another node of the service; the lost one leaves the lists',
    certainty: 'assumed',
    evidence: '[doc] migration happens; ids are open',
  },
  {
    subject: 'rows of instances on an offline node that are not migrated',
    choice: 'stay, as exited with uptime 0, and appear in errorInstance',
    setting: 'lostContainerStatus',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'an instance that was migrated, when its node returns',
    choice: 'removed from that node',
    setting: 'returningNode',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'static instances, when their node returns',
    choice: 'start again in the same container',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'commands to containers on an offline node',
    choice: 'refused for one container, remembered until its return for a whole service',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'deleting several nodes of which some are in use',
    choice: 'none is removed',
    setting: 'partialNodeDelete',
    certainty: 'disputed',
    evidence: '[client] partially or wholly failed',
  },
  {
    subject: 'spelling of node types',
    choice: 'lower case',
    setting: 'nodeTypeNames',
    certainty: 'disputed',
    evidence: '[doc] the table says Linux and SylixOS, the example linux',
  },
  {
    subject: 'time of the node type refresh',
    choice: '1 s; nodes registered by hand are Linux',
    setting: 'typeRefreshMs',
    certainty: 'assumed',
    evidence: '[client] PUT only acknowledges',
  },
  // The wire
  {
    subject: 'HTTP status of refused requests',
    choice: '200, the envelope tells',
    setting: 'failureHttpStatus',
    certainty: 'disputed',
    evidence: '[client rest test] a mock with HTTP 200 and envelope 400; others check both',
  },
  {
    subject: 'envelope status of refusals',
    choice: '400 wrong request, 404 not there, 409 taken or in the way',
    certainty: 'assumed',
    evidence: 'the page of error codes is not available',
  },
  {
    subject: 'fieldErrors of a wrong request',
    choice: 'a string',
    setting: 'fieldErrors',
    certainty: 'disputed',
    evidence: '[client] a string; [ctl] untyped',
  },
  {
    subject: 'GET container/:taskId with the id of something else',
    choice: 'refused with envelope status 404',
    setting: 'unknownTaskReply',
    certainty: 'disputed',
    evidence: '[ft] defends against a success whose data is the word success',
  },
  {
    subject: 'order of lists',
    choice: 'order of creation',
    certainty: 'assumed',
    evidence: 'none',
  },
  {
    subject: 'fuzzy filters',
    choice: 'case-sensitive part of the name',
    certainty: 'assumed',
    evidence: '[client] fuzzy',
  },
  {
    subject: 'time zone of times',
    choice: 'UTC, without saying so',
    certainty: 'assumed',
    evidence: '[client rest test] YYYY-MM-DD HH:mm:ss; images in RFC 3339',
  },
  {
    subject: 'asking for a transaction',
    choice: 'there is no such call; a transaction is reported as running once and never again',
    certainty: 'assumed',
    evidence: '[client] no call is known',
  },
  {
    subject: 'records',
    choice: 'newest first, the last 20 of a service; cmd is the command line of the container',
    setting: 'recordLimit',
    certainty: 'assumed',
    evidence: '[fork] string in rows, string[] in the detail',
  },
  {
    subject: 'answer of the template search',
    choice: 'a list',
    setting: 'templateSearchReply',
    certainty: 'disputed',
    evidence: '[fork] models one object',
  },
  {
    subject: 'which service a template deploys to',
    choice: 'the one whose path label is the template’s path, named like the template',
    certainty: 'assumed',
    evidence: '[fork] created or updated',
  },
  {
    subject: 'which services are micro-services',
    choice: 'those with a vsoa block; their id is the service id',
    certainty: 'assumed',
    evidence: '[fork] VSOA-facing view',
  },
  {
    subject: 'key of a configuration item',
    choice: 'unique; a second one is refused',
    certainty: 'assumed',
    evidence: '[fork] get by key',
  },
];
