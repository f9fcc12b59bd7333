import type { ApiObject } from '../api-object.js';
import type { Condition } from '../condition.js';

/** How instances are placed: one on every named node, or a number of them somewhere in a pool. */
export const deploymentStrategyTypes = ['Static', 'Dynamic'] as const;
/** When nodes fetch an image. */
export const imagePullPolicies = ['Always', 'IfNotPresent', 'Never'] as const;
/** Whether the platform itself moves a service to newer images of the same name. */
export const upgradeStrategyTypes = ['Never', 'Larger', 'Always'] as const;
/** How a change of the template reaches running instances. */
export const updateStrategyTypes = ['RollingUpdate', 'Recreate', 'InPlace'] as const;
/** Whether instances are started once they are deployed. */
export const containerActions = ['Run', 'Load'] as const;
/** Whether a service may push out others of lower priority. */
export const preemptionPolicies = ['PreemptLowerPriority', 'Never'] as const;

/** A count, or a share of the wanted instances such as `25%`. */
export type CountOrPercent = number | string;

/** Where instances run, and how many. */
export interface DeploymentStrategy {
  /** `Static`: one instance on every node of `nodes`. `Dynamic`: `replicas` instances on nodes of `nodePool`. */
  readonly type: (typeof deploymentStrategyTypes)[number];
  /**
   * Wanted number of instances; required for Dynamic, ignored for Static. 0 scales to nothing.
   *
   * @asType integer
   * @minimum 0
   * @maximum 2147483647
   */
  readonly replicas?: number;
  /** Names of the nodes of a Static service. */
  readonly nodes?: readonly string[];
  /** Names of the nodes a Dynamic service may use. */
  readonly nodePool?: readonly string[];
}

/** One environment variable. */
export interface EnvVar {
  /** Without `=`; unique in the list. */
  readonly name: string;
  readonly value: string;
}

/** What an instance may use at most. */
export interface ResourceLimits {
  /** Memory as a quantity, e.g. `512Mi`; the platform counts in MiB, rounded up. */
  readonly memory?: string;
  /** Disk as a quantity, e.g. `2Gi`; the platform counts in MiB, rounded up. */
  readonly disk?: string;
}

/** A directory of the node made visible in the container. */
export interface VolumeMount {
  /** For people; the platform does not know it. */
  readonly name: string;
  /** Absolute path on the node. */
  readonly hostPath: string;
  /** Absolute path in the container. */
  readonly containerPath: string;
  /** @defaultValue `false` */
  readonly readOnly?: boolean;
}

/** How the platform asks an instance over VSOA whether it is well. Times are in seconds here and milliseconds on the platform. */
export interface VsoaHealthCheck {
  /** VSOA path that is asked, e.g. `/health`. */
  readonly path?: string;
  /**
   * Time after the start before the first question.
   *
   * @minimum 0
   */
  readonly initialDelaySeconds?: number;
  /**
   * Time allowed for an answer.
   *
   * @minimum 0
   */
  readonly timeoutSeconds?: number;
  /**
   * Time between questions.
   *
   * @minimum 0
   */
  readonly periodSeconds?: number;
  /**
   * Failures in a row that make it unhealthy.
   *
   * @asType integer
   * @minimum 1
   */
  readonly failureThreshold?: number;
  /** Whether an unhealthy instance is restarted by the platform. */
  readonly livenessProbe?: boolean;
}

/** The VSOA server an instance offers. */
export interface VsoaSettings {
  /** Kept out of tables, logs and events. */
  readonly password?: string;
  /**
   * Port on the node; 0 or absent lets the platform choose. A fixed port needs a node per instance.
   *
   * @asType integer
   * @minimum 0
   * @maximum 65535
   */
  readonly port?: number;
  readonly healthCheck?: VsoaHealthCheck;
}

/** The root file system of a container. */
export interface RootSettings {
  readonly path?: string;
  readonly readOnly?: boolean;
}

/** What an image must have been built for. */
export interface TargetPlatform {
  /** Operating system, e.g. `sylixos` or `linux`. */
  readonly os?: string;
  /** Architecture, e.g. `arm64`. */
  readonly arch?: string;
}

/** A device file that a SylixOS container may use. */
export interface SylixosDevice {
  readonly path: string;
  /** E.g. `rw`. */
  readonly access: string;
}

/** Network services of a SylixOS container. */
export interface SylixosNetwork {
  readonly ftpd?: boolean;
  readonly telnetd?: boolean;
  readonly sshd?: boolean;
}

/** Thread priorities of a SylixOS container; a smaller number is a higher priority. */
export interface SylixosCpu {
  /**
   * @asType integer
   * @minimum 0
   * @maximum 255
   */
  readonly highestPrio?: number;
  /**
   * @asType integer
   * @minimum 0
   * @maximum 255
   */
  readonly lowestPrio?: number;
  /**
   * @asType integer
   * @minimum 0
   * @maximum 255
   */
  readonly defaultPrio?: number;
}

/** Memory settings that only SylixOS has. */
export interface SylixosMemory {
  /**
   * Kernel heap in bytes.
   *
   * @asType integer
   * @minimum 0
   */
  readonly kheapLimit?: number;
}

/** How many kernel objects of each sort a SylixOS container may have. */
export interface SylixosKernelObjects {
  /** @asType integer */
  readonly threadLimit?: number;
  /** @asType integer */
  readonly threadPoolLimit?: number;
  /** @asType integer */
  readonly eventLimit?: number;
  /** @asType integer */
  readonly eventSetLimit?: number;
  /** @asType integer */
  readonly partitionLimit?: number;
  /** @asType integer */
  readonly regionLimit?: number;
  /** @asType integer */
  readonly msgQueueLimit?: number;
  /** @asType integer */
  readonly timerLimit?: number;
  /** @asType integer */
  readonly rmsLimit?: number;
  /** @asType integer */
  readonly threadVarLimit?: number;
  /** @asType integer */
  readonly posixMqueueLimit?: number;
  /** @asType integer */
  readonly dlopenLibraryLimit?: number;
  /** @asType integer */
  readonly xsiipcLimit?: number;
  /** @asType integer */
  readonly socketLimit?: number;
  /** @asType integer */
  readonly srtpLimit?: number;
  /** @asType integer */
  readonly deviceLimit?: number;
}

/** Settings that only SylixOS containers have. */
export interface SylixosSettings {
  readonly devices?: readonly SylixosDevice[];
  readonly network?: SylixosNetwork;
  readonly cpu?: SylixosCpu;
  readonly memory?: SylixosMemory;
  /** Shell commands allowed in the container. */
  readonly commands?: readonly string[];
  /** CPU cores the container may use. */
  readonly affinity?: readonly number[];
  readonly kernelObjects?: SylixosKernelObjects;
}

/** Settings that depend on what the node runs. */
export interface PlatformSpecific {
  /**
   * `Run` starts instances; `Load` leaves them deployed and stopped.
   *
   * @defaultValue `'Run'`
   */
  readonly action?: (typeof containerActions)[number];
  readonly root?: RootSettings;
  readonly platform?: TargetPlatform;
  readonly sylixos?: SylixosSettings;
  /** Merged as it is into the image configuration of Linux images. */
  readonly docker?: Readonly<Record<string, unknown>>;
}

/** What runs in each instance. Anything not said here keeps the image's own value. */
export interface ServiceTemplate {
  /**
   * `name@tag`, optionally `#os`.
   *
   * @minLength 1
   */
  readonly image: string;
  /** Default: `Always` for the tag `latest`, else `IfNotPresent`. */
  readonly imagePullPolicy?: (typeof imagePullPolicies)[number];
  /** Whether nodes fetch the image before they need it. */
  readonly prepull?: boolean;
  /** Default: the object's name. */
  readonly hostname?: string;
  readonly command?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly resources?: { readonly limits?: ResourceLimits };
  readonly volumeMounts?: readonly VolumeMount[];
  readonly vsoa?: VsoaSettings;
  readonly platformSpecific?: PlatformSpecific;
}

/** Bounds of a rolling update. */
export interface RollingUpdate {
  /** Instances above the wanted number, as a number or percent (rounded up). Default: 25% for Dynamic, 0 for Static. */
  readonly maxSurge?: CountOrPercent;
  /** Instances that may be missing, as a number or percent (rounded down). Default: 25% for Dynamic, 1 for Static. */
  readonly maxUnavailable?: CountOrPercent;
}

/** How a change of the template reaches running instances. */
export interface UpdateStrategy {
  /** @defaultValue `'RollingUpdate'` */
  readonly type?: (typeof updateStrategyTypes)[number];
  readonly rollingUpdate?: RollingUpdate;
  /**
   * How long an instance must be ready before it counts as available.
   *
   * @asType integer
   * @minimum 0
   * @defaultValue `0`
   */
  readonly minReadySeconds?: number;
  /**
   * How long a rollout may go without progress, counting only time in which the platform was observed.
   *
   * @asType integer
   * @minimum 1
   * @defaultValue `600`
   */
  readonly progressDeadlineSeconds?: number;
  /**
   * Whether a rollout that missed its deadline returns to the last good revision by itself.
   *
   * @defaultValue `false`
   */
  readonly autoRollback?: boolean;
}

/** A service that must be Available before this one is started. */
export interface ServiceReference {
  readonly name: string;
  /** Default: the object's own namespace. */
  readonly namespace?: string;
}

/** What the user wants of a service. */
export interface ECSMServiceSpec {
  readonly deploymentStrategy: DeploymentStrategy;
  readonly template: ServiceTemplate;
  readonly upgradeStrategy?: {
    /** @defaultValue `'Never'` */
    readonly type: (typeof upgradeStrategyTypes)[number];
  };
  readonly updateStrategy?: UpdateStrategy;
  /**
   * How many old revisions are kept to return to.
   *
   * @asType integer
   * @minimum 0
   * @defaultValue `10`
   */
  readonly revisionHistoryLimit?: number;
  /**
   * Whether rollouts stand still; healing and scaling go on.
   *
   * @defaultValue `false`
   */
  readonly paused?: boolean;
  readonly dependsOn?: readonly ServiceReference[];
  /**
   * Who yields when the cluster is full: the lower number.
   *
   * @asType integer
   * @defaultValue `0`
   */
  readonly priority?: number;
  /** @defaultValue `'PreemptLowerPriority'` */
  readonly preemptionPolicy?: (typeof preemptionPolicies)[number];
}

/** What the operator last saw and did. */
export interface ECSMServiceStatus {
  /** @asType integer */
  readonly observedGeneration?: number;
  /**
   * Instances that exist.
   *
   * @asType integer
   */
  readonly replicas?: number;
  /**
   * Instances online and healthy.
   *
   * @asType integer
   */
  readonly readyReplicas?: number;
  /**
   * Instances of the newest template.
   *
   * @asType integer
   */
  readonly updatedReplicas?: number;
  /**
   * Instances ready for at least minReadySeconds.
   *
   * @asType integer
   */
  readonly availableReplicas?: number;
  /** @asType integer */
  readonly unavailableReplicas?: number;
  /** Id of the platform service; a hint, found again by name after a loss. */
  readonly underlyingServiceID?: string;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  /** The revision an automatic rollback has turned away from. */
  readonly failedRevision?: string;
  /** When the observation behind this status was made. RFC 3339, UTC. */
  readonly statusObservedTime?: string;
  readonly conditions?: readonly Condition[];
}

/** A containerised service that should run on an ECSM platform. */
export interface ECSMService extends ApiObject {
  readonly spec: ECSMServiceSpec;
  readonly status?: ECSMServiceStatus;
}
