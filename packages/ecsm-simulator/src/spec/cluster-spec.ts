import type { AutoUpgrade, ImageConfig, PullPolicy, ServiceImageAction, VsoaSettings } from '@ecsm/ecsm-client';

/** Operating systems of nodes and images. */
export const operatingSystems = ['sylixos', 'linux'] as const;
/** One of {@link operatingSystems}. */
export type OperatingSystem = (typeof operatingSystems)[number];

/** A node of the simulated cluster. */
export interface NodeSpec {
  readonly name: string;
  /** Makes this many nodes of the kind, named `name-1`, `name-2`, …; without it there is one, named `name`. */
  readonly count?: number;
  readonly os: OperatingSystem;
  /** @defaultValue `arm64` */
  readonly arch?: string;
  /** `ip:port` of its ECSD. @defaultValue `10.10.x.y:1112`, counted up */
  readonly address?: string;
  /** Password of its ECSD. @defaultValue `ecsd` */
  readonly password?: string;
  /** @defaultValue `false` */
  readonly tls?: boolean;
  /** @defaultValue 2048 */
  readonly memoryMB?: number;
  /** @defaultValue 16 384 */
  readonly diskMB?: number;
  /** @defaultValue 4 */
  readonly cpuCores?: number;
  /** References of images that are on the node from the start. */
  readonly images?: readonly string[];
  /** Containers on the node that ECSM did not make; they count as containers and nothing else. @defaultValue 0 */
  readonly foreignContainers?: number;
  /** Starts switched off. @defaultValue `false` */
  readonly down?: boolean;
}

/** What containers of an image do by themselves. */
export interface ImageBehaviour {
  /** Time from created to running. @defaultValue `startMs` of the settings */
  readonly startMs?: number;
  /** Deployment fails with this message instead of starting. */
  readonly failStart?: string;
  /** Containers end this long after each start. */
  readonly exitAfterMs?: number;
  /** @defaultValue 1 */
  readonly exitCode?: number;
  /** `false`: never passes the VSOA health check. @defaultValue `true` */
  readonly healthy?: boolean;
}

/** An image in a registry of the simulated cluster. */
export interface ImageSpec {
  /** `name@tag#os`. */
  readonly ref: string;
  /** @defaultValue `local` */
  readonly registry?: string;
  /** @defaultValue `arm64` */
  readonly arch?: string;
  /** @defaultValue 16 */
  readonly sizeMB?: number;
  /** Time a node takes to pull it. @defaultValue the size times `pullMsPerMB` of the settings */
  readonly pullMs?: number;
  readonly author?: string;
  readonly description?: string;
  /** The configuration in the image. @defaultValue a minimal one that fits the operating system */
  readonly config?: ImageConfig;
  readonly behaviour?: ImageBehaviour;
}

/** A registry besides the built-in `local`. */
export interface RegistrySpec {
  readonly id: string;
  readonly name: string;
}

/** A demand that swings about a mean. */
export interface LoadWave {
  /** Mean demand, in percent of what one instance can do at most. */
  readonly mean: number;
  readonly amplitude: number;
  readonly periodMs: number;
}

/**
 * Work a service has to do, shared among its running instances: 150 keeps three instances at 50 % CPU each.
 */
export type Load = number | LoadWave;

/** A service that runs from the start. */
export interface ServiceSpec {
  readonly name: string;
  /** Makes this many services of the kind, named `name-1`, `name-2`, …; without it there is one, named `name`. */
  readonly count?: number;
  /** `name@tag#os`. */
  readonly image: string;
  /** Node names. @defaultValue all nodes with the image's operating system */
  readonly nodes?: readonly string[];
  /**
   * Names only this many of the nodes, starting one further with each service of a counted group.
   *
   * @defaultValue all of them
   */
  readonly poolSize?: number;
  /** @defaultValue `dynamic` */
  readonly policy?: 'static' | 'dynamic';
  /** @defaultValue 1 */
  readonly factor?: number;
  /** @defaultValue `run` */
  readonly action?: ServiceImageAction;
  readonly pullPolicy?: PullPolicy;
  readonly autoUpgrade?: AutoUpgrade;
  readonly vsoa?: VsoaSettings;
  /** @defaultValue the image's own configuration */
  readonly config?: ImageConfig;
  readonly pathLabel?: string;
  readonly load?: Load;
}

/** A whole cluster, as a cluster file describes it. */
export interface ClusterSpec {
  readonly nodes: readonly NodeSpec[];
  readonly registries?: readonly RegistrySpec[];
  readonly images?: readonly ImageSpec[];
  readonly services?: readonly ServiceSpec[];
}
