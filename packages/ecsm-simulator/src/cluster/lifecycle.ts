import type { ContainerExit } from '../runtime/container-runtime.js';
import type { ClusterContext } from './cluster-context.js';
import type { ClusterEventKind } from './cluster-event.js';
import { containerCommand } from './container-command.js';
import { planDeployment } from './deployment-plan.js';
import { HealthChecks } from './health-checks.js';
import { noteCommand } from './history.js';
import type { Images } from './images.js';
import type { AfterStop, ClusterNode, Service, Task, TaskPhase } from './model.js';
import { newTask } from './new-task.js';
import { release, reserve } from './reservation.js';

/** What the lifecycle tells the part that looks after services. */
export interface LifecycleListener {
  /** An instance is gone from its service. */
  removed(service: Service): void;
  /** A failed deployment is to be tried again. */
  retry(task: Task): void;
}

/**
 * The life of one instance after the other: deployment, start, death, restart, stop, removal.
 *
 * Every instance has at most one thing pending, on its `timer`, and what that is follows from its phase alone
 * (saved states depend on it). A node without power has no timers; a silent one lives on unseen.
 */
export class Lifecycle {
  readonly #context: ClusterContext;
  readonly #images: Images;
  readonly #listener: LifecycleListener;
  readonly #health: HealthChecks;

  constructor(context: ClusterContext, images: Images, listener: LifecycleListener) {
    this.#context = context;
    this.#images = images;
    this.#listener = listener;
    this.#health = new HealthChecks(
      context.timeline,
      (task) => this.#isWell(task),
      (task) => {
        this.#healthChanged(task);
      },
    );
  }

  /** Adds an instance to a service; {@link Lifecycle.deploy} brings it to life. */
  add(service: Service, node: ClusterNode): Task {
    const { random, state, timeline } = this.#context;
    const task = newTask(random.uuid(), service, node, timeline.nowMs);
    state.addTask(task);
    return task;
  }

  /** Deploys the service's present definition into the slot, whose container must be gone. */
  deploy(task: Task): void {
    const { settings, state } = this.#context;
    const { node, service } = task;
    release(task);
    task.deployNum++;
    task.deployStatus = 'deploying';
    task.failedMessage = null;
    task.retryOnReturn = false;
    task.containerId = '';
    task.ref = service.ref;
    task.restartCount = 0;
    task.deaths = 0;
    task.exitCode = undefined;
    task.sick = false;
    const plan = planDeployment(task, state, settings);
    if (plan.kind === 'fail') {
      this.#fail(task, plan.message, plan.retryOnReturn);
      return;
    }
    reserve(task, plan.need, settings.firstVsoaPort);
    if (node.link !== 'up') {
      this.#enter(task, 'pulling', settings.deployTimeoutMs);
    } else if (plan.kind === 'pull') {
      this.#enter(task, 'pulling');
      task.waitsForPull = true;
      this.#images.pull(node, plan.image);
    } else {
      this.#enter(task, 'creating', settings.createMs);
    }
  }

  /** Brings a deployment to its end at once, for services that run from the start. */
  skipAhead(task: Task): void {
    if (task.phase !== 'creating') return;
    this.#created(task);
    if (task.wanted === 'running') this.#started(task);
  }

  /** Goes on with the deployments that waited for an image on a node. */
  imageArrived(node: ClusterNode, ref: string): void {
    for (const task of node.tasks) {
      if (task.waitsForPull && task.phase === 'pulling' && task.service.image.ref === ref) {
        this.#enter(task, 'creating', this.#context.settings.createMs);
      }
    }
  }

  /** Replaces the container by one of the service's present definition. */
  redeploy(task: Task): void {
    task.wanted = task.service.image.action === 'run' ? 'running' : 'stopped';
    task.deployStatus = 'deploying';
    this.#stopThen(task, 'redeploy');
  }

  /** Starts a container that does not run; one whose deployment failed is deployed again. */
  start(task: Task): void {
    task.wanted = 'running';
    if (task.node.link !== 'up') return;
    switch (task.phase) {
      case 'failed':
        this.deploy(task);
        break;
      case 'created':
      case 'exited':
      case 'backoff':
        task.deaths = 0;
        this.#enter(task, 'starting', this.#startMs(task));
        break;
      case 'paused':
        this.unpause(task);
        break;
      case 'stopping':
        if (task.afterStop === 'stay') task.afterStop = 'start';
        break;
      case 'pulling':
      case 'creating':
      case 'starting':
      case 'running':
        break;
    }
  }

  /** Stops a container and leaves it there. */
  stop(task: Task): void {
    task.wanted = 'stopped';
    if (task.node.link !== 'up') return;
    if (task.phase === 'stopping' && task.afterStop === 'start') task.afterStop = 'stay';
    if (task.phase === 'starting' || task.phase === 'running' || task.phase === 'paused') {
      this.#stopThen(task, 'stay');
    } else if (task.phase === 'backoff') {
      this.#enter(task, 'exited');
    }
  }

  /** Stops and starts a container. */
  restart(task: Task): void {
    if (task.phase === 'running' || task.phase === 'paused' || task.phase === 'starting') {
      task.wanted = 'running';
      if (task.node.link === 'up') this.#stopThen(task, 'start');
    } else {
      this.start(task);
    }
  }

  pause(task: Task): void {
    if (task.phase !== 'running' || task.node.link !== 'up') return;
    task.wanted = 'paused';
    task.process?.pause();
    this.#enter(task, 'paused');
    this.#tell(task, 'containerPaused', 'is paused');
  }

  unpause(task: Task): void {
    if (task.phase !== 'paused' || task.node.link !== 'up') return;
    task.wanted = 'running';
    task.process?.resume();
    this.#enter(task, 'running');
    this.#armExit(task);
    this.#tell(task, 'containerUnpaused', 'goes on');
  }

  /** The container dies by itself, or is killed by someone. */
  die(task: Task, exit: ContainerExit, mayRestart = true): void {
    const { settings, timeline } = this.#context;
    const ranMs = timeline.nowMs - task.startedMs;
    task.exitCode = exit.code;
    const again =
      mayRestart &&
      task.wanted === 'running' &&
      (settings.restartPolicy === 'always' || (settings.restartPolicy === 'onFailure' && exit.code !== 0));
    this.#endProcess(task);
    if (!again) {
      this.#enter(task, 'exited');
      this.#tell(task, 'containerDied', `ended (${exit.reason})`);
      return;
    }
    if (ranMs >= settings.restartResetMs) task.deaths = 0;
    const pauseMs = Math.min(settings.restartMaxMs, settings.restartBaseMs * 2 ** task.deaths);
    task.deaths++;
    this.#enter(task, 'backoff', pauseMs);
    this.#tell(task, 'containerDied', `ended (${exit.reason}), starts again in ${pauseMs} ms`);
  }

  /** Makes the container fail or pass its health check from now on. */
  setSick(task: Task, sick: boolean): void {
    task.sick = sick;
    if (task.phase === 'running') this.#health.reconsider(task);
  }

  /** Takes the instance away; on a node that is away only the books change until it returns. */
  remove(task: Task): void {
    if (task.node.link !== 'up') {
      this.makeGhost(task, 'deleted');
    } else if (task.phase === 'pulling' || task.phase === 'creating' || task.phase === 'failed') {
      this.#erase(task);
    } else {
      this.#stopThen(task, 'remove');
    }
  }

  /** Clears away what a returned node still has of an instance that is no longer wanted. */
  clear(task: Task, rebooted: boolean): void {
    if (rebooted) this.#erase(task);
    else this.remove(task);
  }

  /** Takes an instance out of the books while what is left of it stays on its absent node. */
  makeGhost(task: Task, ghost: 'migrated' | 'deleted'): void {
    task.ghost = ghost;
    this.#context.state.forgetTask(task);
    this.#listener.removed(task.service);
  }

  /** Gives a deployment up because its node is found to be away; it is tried again on the node's return. */
  abandon(task: Task): void {
    this.#fail(task, `node ${task.node.name} is offline`, true);
  }

  /** Freezes what runs on a node that lost its power. */
  powerLost(node: ClusterNode): void {
    for (const task of node.tasks) {
      if (task.phase === 'failed') continue;
      this.#endProcess(task);
      if (task.phase === 'pulling' || task.phase === 'creating') {
        this.#enter(task, 'pulling', this.#context.settings.deployTimeoutMs);
      } else {
        this.#cancelTimers(task);
      }
    }
    this.#images.dropPulls(node);
  }

  /** Brings an instance back after its node has returned. */
  recover(task: Task, rebooted: boolean): void {
    switch (task.phase) {
      case 'pulling':
        if (!task.waitsForPull) this.deploy(task);
        break;
      case 'creating':
        if (rebooted) this.deploy(task);
        break;
      case 'failed':
        if (task.retryOnReturn) this.deploy(task);
        break;
      case 'stopping':
        if (rebooted) this.#stopped(task);
        break;
      case 'starting':
      case 'running':
      case 'backoff':
        if (task.wanted === 'stopped') {
          if (rebooted) this.#enter(task, 'exited');
          else this.#stopThen(task, 'stay');
        } else if (rebooted) this.#enter(task, 'starting', this.#startMs(task));
        break;
      case 'paused':
        if (rebooted) this.#enter(task, task.wanted === 'stopped' ? 'exited' : 'starting', this.#startMs(task));
        break;
      case 'created':
      case 'exited':
        if (task.wanted === 'running' && task.exitCode === undefined) this.start(task);
        break;
    }
  }

  /** Carries on with what was pending in a saved state: the next step of life, or the health verdict. */
  resume(task: Task, what: 'timer' | 'healthTimer', inMs: number): void {
    if (what === 'timer') this.#arm(task, inMs);
    else this.#health.resume(task, inMs);
  }

  /** Starts the process of a container that ran in a saved state. */
  resumeProcess(task: Task): void {
    if (task.phase === 'running' && task.node.link !== 'off') this.#runProcess(task);
  }

  /** What happens when an instance's timer is due. */
  #due(task: Task): void {
    task.timer = undefined;
    switch (task.phase) {
      case 'pulling':
        this.#fail(task, `deployment to node ${task.node.name} timed out`, true);
        break;
      case 'creating':
        this.#created(task);
        break;
      case 'backoff':
        task.restartCount++;
        this.#enter(task, 'starting', this.#startMs(task));
        break;
      case 'starting':
        this.#started(task);
        break;
      case 'running':
        this.#exitByBehaviour(task);
        break;
      case 'stopping':
        this.#stopped(task);
        break;
      case 'failed':
        this.#listener.retry(task);
        break;
      case 'created':
      case 'paused':
      case 'exited':
        break;
    }
  }

  #created(task: Task): void {
    const { random, timeline } = this.#context;
    task.containerId = random.hex(64);
    task.containerCreatedMs = timeline.nowMs;
    task.startedMs = 0;
    task.digest = task.node.images.get(task.service.image.ref) ?? '';
    this.#tell(task, 'containerCreated', `created on ${task.node.name}`);
    noteCommand(task, task.service.image.action, timeline.nowMs);
    if (task.wanted !== 'stopped') {
      this.#enter(task, 'starting', this.#startMs(task));
    } else {
      task.deployStatus = 'success';
      this.#enter(task, 'created');
    }
  }

  #started(task: Task): void {
    const failure = this.#behaviour(task)?.failStart;
    if (failure !== undefined && task.deployStatus === 'deploying') {
      this.#fail(task, failure);
      return;
    }
    task.deployStatus = 'success';
    task.startedMs = this.#context.timeline.nowMs;
    task.exitCode = undefined;
    this.#enter(task, 'running');
    this.#tell(task, 'containerStarted', `runs on ${task.node.name}`);
    this.#armExit(task);
    this.#health.begin(task);
    this.#runProcess(task);
  }

  #stopThen(task: Task, then: AfterStop): void {
    // A removal outranks whatever was to follow; a redeployment outranks a start.
    if (task.phase !== 'stopping' || task.afterStop !== 'remove') task.afterStop = then;
    if (task.phase === 'stopping') return;
    const runs = task.phase === 'running' || task.phase === 'paused' || task.phase === 'starting';
    if (!runs || task.node.link !== 'up') {
      this.#stopped(task);
    } else if (task.process === undefined) {
      this.#enter(task, 'stopping', this.#context.settings.stopMs);
    } else {
      this.#enter(task, 'stopping');
      if (task.wanted === 'paused') task.process.resume();
      task.process.stop();
    }
  }

  #stopped(task: Task): void {
    const then = task.afterStop;
    task.afterStop = 'stay';
    this.#endProcess(task);
    if (task.containerId !== '' && task.startedMs !== 0 && then !== 'remove') {
      this.#tell(task, 'containerStopped', 'stopped');
    }
    switch (then) {
      case 'stay':
        this.#enter(task, 'exited');
        break;
      case 'start':
        this.#enter(task, 'starting', this.#startMs(task));
        break;
      case 'redeploy':
        this.deploy(task);
        break;
      case 'remove':
        this.#erase(task);
        break;
    }
  }

  #erase(task: Task): void {
    this.#cancelTimers(task);
    this.#endProcess(task);
    release(task);
    task.node.tasks.delete(task);
    if (task.ghost !== 'none') {
      this.#tell(task, 'duplicateRemoved', `removed from returned node ${task.node.name}`);
      return;
    }
    this.#context.state.forgetTask(task);
    if (task.containerId !== '') this.#tell(task, 'containerRemoved', `removed from ${task.node.name}`);
    this.#listener.removed(task.service);
  }

  #fail(task: Task, message: string, retryOnReturn = false): void {
    const { deployRetryMs } = this.#context.settings;
    release(task);
    task.deployStatus = 'failure';
    task.failedMessage = message;
    task.retryOnReturn = retryOnReturn;
    this.#enter(task, 'failed', deployRetryMs > 0 ? deployRetryMs : undefined);
    this.#tell(task, 'deploymentFailed', `cannot be deployed: ${message}`);
  }

  #enter(task: Task, phase: TaskPhase, nextInMs?: number): void {
    this.#cancelTimers(task);
    task.waitsForPull = false;
    task.phase = phase;
    if (phase !== 'running') task.health = 'unknown';
    // Whatever it was told on the way: a container that is there has been deployed.
    if (phase === 'exited' && task.deployStatus === 'deploying') task.deployStatus = 'success';
    // Giving up and trying again are the platform's own timers; everything else needs the node.
    const isPlatforms = phase === 'pulling' || phase === 'failed';
    if (nextInMs !== undefined && (isPlatforms || task.node.link !== 'off')) this.#arm(task, nextInMs);
  }

  #arm(task: Task, delayMs: number): void {
    task.timer = this.#context.timeline.after(delayMs, () => {
      this.#due(task);
    });
  }

  #armExit(task: Task): void {
    const exitAfterMs = this.#behaviour(task)?.exitAfterMs;
    if (exitAfterMs !== undefined) this.#arm(task, exitAfterMs);
  }

  #exitByBehaviour(task: Task): void {
    const code = this.#behaviour(task)?.exitCode ?? 1;
    this.die(task, { code, reason: `exit code ${code}` });
  }

  #healthChanged(task: Task): void {
    if (task.health === 'healthy') {
      this.#tell(task, 'containerHealthy', 'passes its health check');
      return;
    }
    this.#tell(task, 'containerUnhealthy', 'fails its health check');
    if (task.service.image.vsoa?.livenessProbe === true) this.die(task, { code: 137, reason: 'liveness probe failed' });
  }

  #isWell(task: Task): boolean {
    return !task.sick && this.#behaviour(task)?.healthy !== false;
  }

  #behaviour(task: Task) {
    return this.#context.state.imagesByRef.get(task.service.image.ref)?.behaviour;
  }

  #startMs(task: Task): number {
    return this.#behaviour(task)?.startMs ?? this.#context.settings.startMs;
  }

  #runProcess(task: Task): void {
    const { runtime, timeline } = this.#context;
    if (runtime === undefined) return;
    const process = runtime.start(containerCommand(task), (exit) => {
      if (task.process !== process) return;
      timeline.catchUp();
      task.process = undefined;
      if (task.phase === 'stopping') this.#stopped(task);
      else if (task.node.link !== 'off') this.die(task, exit);
    });
    task.process = process;
  }

  #endProcess(task: Task): void {
    task.process?.kill();
    task.process = undefined;
  }

  #cancelTimers(task: Task): void {
    task.timer?.cancel();
    task.timer = undefined;
    task.healthTimer?.cancel();
    task.healthTimer = undefined;
  }

  #tell(task: Task, kind: ClusterEventKind, what: string): void {
    this.#context.tell(kind, `container ${task.containerName} ${what}`, {
      node: task.node.name,
      service: task.service.name,
      container: task.containerName,
    });
  }
}
