/** A directory of the node that a container sees. */
export interface EcsMount {
  /** Path in the container. */
  readonly destination: string;
  /** Path on the node. */
  readonly source: string;
  /** Such as `ro`, `rw`, `rx`; one in practice. */
  readonly options: readonly string[];
  readonly [field: string]: unknown;
}

/** A device a container may open. */
export interface EcsDevice {
  /** Such as `/dev/fb0`. */
  readonly path: string;
  /** Such as `rw`. */
  readonly access: string;
  readonly [field: string]: unknown;
}

/** How many kernel objects of each sort a SylixOS container may hold. */
export interface EcsKernelObjectLimits {
  readonly threadLimit?: number;
  readonly threadPoolLimit?: number;
  readonly eventLimit?: number;
  readonly eventSetLimit?: number;
  readonly partitionLimit?: number;
  readonly regionLimit?: number;
  readonly msgQueueLimit?: number;
  readonly timerLimit?: number;
  readonly rmsLimit?: number;
  readonly threadVarLimit?: number;
  readonly posixMqueueLimit?: number;
  readonly dlopenLibraryLimit?: number;
  readonly xsiipcLimit?: number;
  readonly socketLimit?: number;
  readonly srtpLimit?: number;
  readonly deviceLimit?: number;
  readonly [field: string]: unknown;
}

/** What a SylixOS container may use. */
export interface EcsResources {
  /** Priorities of threads: the smaller number is the more urgent one, so `highestPrio` is below `lowestPrio`. */
  readonly cpu?: {
    readonly highestPrio?: number;
    readonly lowestPrio?: number;
    readonly defaultPrio?: number;
    readonly [field: string]: unknown;
  };
  readonly affinity?: readonly unknown[];
  readonly itimer?: { readonly defaultPrio?: number; readonly [field: string]: unknown };
  readonly memory?: {
    /** Bytes. */
    readonly kheapLimit?: number;
    /** MiB. */
    readonly memoryLimitMB?: number;
    readonly [field: string]: unknown;
  };
  readonly disk?: {
    /** MiB. */
    readonly limitMB?: number;
    readonly [field: string]: unknown;
  };
  readonly kernelObject?: EcsKernelObjectLimits;
  readonly [field: string]: unknown;
}

/** The part of an {@link EcsImageConfig} that only SylixOS knows. */
export interface EcsSylixos {
  readonly devices?: readonly EcsDevice[];
  readonly resources?: EcsResources;
  readonly network?: {
    readonly telnetdEnable?: boolean;
    readonly ftpdEnable?: boolean;
    readonly sshdEnable?: boolean;
    readonly [field: string]: unknown;
  };
  /** Shell commands allowed in the container. */
  readonly commands?: readonly string[];
  readonly [field: string]: unknown;
}

/**
 * Configuration of a SylixOS container, after the OCI runtime specification.
 *
 * Fields this type does not name are kept on reads and may be written.
 */
export interface EcsImageConfig {
  readonly ociVersion?: string;
  readonly platform?: { readonly os: string; readonly arch: string; readonly [field: string]: unknown };
  readonly process?: {
    /** Entry point and arguments. */
    readonly args?: readonly string[];
    /** Each `NAME=value`. */
    readonly env?: readonly string[];
    readonly cwd?: string;
    readonly user?: { readonly uid: number; readonly gid: number; readonly [field: string]: unknown };
    readonly [field: string]: unknown;
  };
  readonly root?: { readonly path: string; readonly readonly?: boolean; readonly [field: string]: unknown };
  readonly hostname?: string;
  readonly mounts?: readonly EcsMount[];
  readonly sylixos?: EcsSylixos;
  readonly [field: string]: unknown;
}

/** Configuration of a Docker container. No source shows its whole shape, so it stays opaque and is passed through. */
export type DockerImageConfig = Readonly<Record<string, unknown>>;

/** Configuration of a container: {@link EcsImageConfig} for SylixOS images, {@link DockerImageConfig} for Linux images. */
export type ImageConfig = EcsImageConfig | DockerImageConfig;
