/** What a container runtime needs to know to start a container. */
export interface ContainerCommand {
  readonly containerId: string;
  readonly containerName: string;
  /** Entry point and arguments; may be empty. */
  readonly args: readonly string[];
  /** Each `NAME=value`. */
  readonly env: readonly string[];
  readonly cwd: string | undefined;
}

/** How a container ended. */
export interface ContainerExit {
  /** Exit code; 128 + signal number for a container that was killed. */
  readonly code: number;
  /** Words for the log. */
  readonly reason: string;
}

/** A container that has been started. */
export interface ContainerProcess {
  /** Asks it to end; its exit is reported as usual. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
  /** Holds it where it is. */
  pause(): void;
  /** Lets it go on after {@link ContainerProcess.pause}. */
  resume(): void;
}

/**
 * Runs what is in the containers. Without one, containers live in the model alone.
 */
export interface ContainerRuntime {
  /** Starts a container; `onExit` is called once, asynchronously, when it has ended for whatever reason. */
  start(command: ContainerCommand, onExit: (exit: ContainerExit) => void): ContainerProcess;
  /** Ends every container that still runs. */
  stop(): Promise<void>;
}
