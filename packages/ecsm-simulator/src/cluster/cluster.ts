import type { Clock } from '@ecsm/api-types';
import { systemClock } from '@ecsm/api-types';

import type { ContainerRuntime } from '../runtime/container-runtime.js';
import { defaultSettings, type PlatformSettings } from '../settings.js';
import { checkCluster, numbered } from '../spec/check-cluster.js';
import type { ClusterSpec, ImageSpec, Load, ServiceSpec } from '../spec/cluster-spec.js';
import { defaultCluster } from '../spec/default-cluster.js';
import type { ClusterContext } from './cluster-context.js';
import type { ClusterEvent } from './cluster-event.js';
import { ClusterState } from './cluster-state.js';
import { Images } from './images.js';
import { Lifecycle } from './lifecycle.js';
import type { ClusterNode, Image, Service, Task } from './model.js';
import { Nodes, type NodeLoss } from './nodes.js';
import { PlatformError } from './platform-error.js';
import { RandomSource } from './random-source.js';
import { Services } from './services.js';
import { restoreSnapshot, takeSnapshot, type ClusterSnapshot } from './snapshot.js';
import { Templates } from './templates.js';
import { Timeline } from './timeline.js';

/** Options of {@link Cluster}. */
export interface ClusterOptions {
  /** @defaultValue {@link defaultCluster} */
  readonly cluster?: ClusterSpec;
  /** @defaultValue {@link defaultSettings} for each setting that is absent */
  readonly settings?: Partial<PlatformSettings>;
  /** What all ids and faults follow from. @defaultValue 1 */
  readonly seed?: number;
  /** Simulated milliseconds per millisecond of the clock; 0 stands still. @defaultValue 1 */
  readonly speed?: number;
  /** @defaultValue the system's clock */
  readonly clock?: Clock;
  /** Runs what is in the containers. @defaultValue nothing runs */
  readonly runtime?: ContainerRuntime;
  /** A saved state to go on from, instead of a fresh cluster from `cluster` and `seed`. */
  readonly snapshot?: ClusterSnapshot;
  /** Hears what happens, as it happens; must not throw. */
  readonly onEvent?: (event: ClusterEvent) => void;
}

/**
 * A simulated ECSM cluster: nodes, images, services and containers that live on simulated time.
 *
 * - The same seed, cluster and calls at the same moments lead to the same state, ids included.
 * - Nothing happens without a cause: an idle cluster has no timer.
 * - Time moves with the clock times the speed, or by {@link Cluster.advance}.
 *
 * @example
 * ```ts
 * const cluster = new Cluster({ speed: 0 });
 * cluster.takeNodeDown('worker-1');
 * cluster.advance(15_000); // noticed, and its dynamic instances moved
 * ```
 */
export class Cluster {
  /** Nodes: registration, loss, return. */
  readonly nodes: Nodes;
  /** Images in registries and on nodes. */
  readonly images: Images;
  /** Services and where their instances run. */
  readonly services: Services;
  /** The tree of stored definitions. */
  readonly templates: Templates;
  /** The entities and their indexes. */
  readonly state: ClusterState;
  readonly settings: PlatformSettings;
  readonly timeline: Timeline;
  readonly #context: ClusterContext;
  readonly #lifecycle: Lifecycle;

  constructor(options: ClusterOptions = {}) {
    const onEvent = options.onEvent;
    const saved = options.snapshot;
    const timeline = new Timeline({
      clock: options.clock ?? systemClock,
      speed: options.speed ?? 1,
      ...(saved === undefined ? {} : { startsAtMs: saved.nowMs }),
    });
    this.timeline = timeline;
    this.state = new ClusterState();
    this.settings = { ...defaultSettings, ...options.settings };
    this.#context = {
      settings: this.settings,
      timeline,
      random: saved === undefined ? RandomSource.fromSeed(options.seed ?? 1) : RandomSource.fromState(saved.random),
      state: this.state,
      runtime: options.runtime,
      tell: (kind, message, about = {}) => onEvent?.({ kind, atMs: timeline.nowMs, message, ...about }),
    };
    this.images = new Images(this.#context, (node, ref) => {
      this.#lifecycle.imageArrived(node, ref);
    });
    this.#lifecycle = new Lifecycle(this.#context, this.images, {
      removed: (service) => {
        this.services.taskRemoved(service);
      },
      retry: (task) => {
        this.services.retry(task);
      },
    });
    this.services = new Services(this.#context, this.images, this.#lifecycle);
    this.templates = new Templates(this.#context, this.services);
    this.nodes = new Nodes(this.#context, this.images, this.#lifecycle, this.services);
    if (saved === undefined) this.#populate(options.cluster ?? defaultCluster);
    else restoreSnapshot(this.#context, saved, { images: this.images, lifecycle: this.#lifecycle, nodes: this.nodes });
  }

  /** Simulated wall clock, in milliseconds since the Unix epoch. */
  get nowMs(): number {
    return this.timeline.nowMs;
  }

  /** Moves simulated time forward at once. */
  advance(byMs: number): void {
    this.timeline.advance(byMs);
  }

  /**
   * Kills a container, as a crash would.
   *
   * @param containerOrTask - container name or task id
   * @param options - `restart: false` keeps the platform from starting it again
   * @throws {@link PlatformError} when there is no such container, or it does not run
   */
  killContainer(containerOrTask: string, options: { readonly restart?: boolean } = {}): void {
    const task = this.task(containerOrTask);
    if (task.phase !== 'running' && task.phase !== 'paused' && task.phase !== 'starting') {
      throw new PlatformError('conflict', `container ${task.containerName} does not run (${task.phase})`);
    }
    this.#lifecycle.die(task, { code: 137, reason: 'killed' }, options.restart ?? true);
  }

  /** Takes a node away, by name: `power` ends its containers, `link` leaves them running unseen. */
  takeNodeDown(name: string, loss: NodeLoss = 'power'): void {
    this.nodes.takeDown(this.nodes.getByName(name), loss);
  }

  /** Brings a node back, by name. */
  bringNodeUp(name: string): void {
    this.nodes.bringUp(this.nodes.getByName(name));
  }

  /**
   * Sets the work a service has to do, by name or id.
   *
   * A name that ends in `*` stands for all services whose names begin so, those still to come included: they share the
   * work among all their running instances. That outlives a rollout, which replaces one service by another.
   */
  setLoad(nameOrId: string, load: Load): void {
    if (nameOrId.endsWith('*')) this.state.shareLoad(nameOrId.slice(0, -1), load);
    else this.service(nameOrId).load = load;
  }

  /** Makes a container (name or task id) fail or pass its health check from now on. */
  setHealthy(containerOrTask: string, healthy: boolean): void {
    this.#lifecycle.setSick(this.task(containerOrTask), !healthy);
  }

  /** Pushes an image into its registry; services that follow it upgrade themselves. */
  pushImage(spec: ImageSpec): Image {
    const previous = this.state.imagesByRef.get(spec.ref)?.digest;
    const image = this.images.store(spec);
    this.#context.tell('imagePushed', `image ${image.ref} is pushed to registry ${image.registryId}`);
    this.services.imagePushed(image, previous);
    return image;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  node(name: string): ClusterNode {
    return this.nodes.getByName(name);
  }

  /** A service by name or id. @throws {@link PlatformError} (`notFound`) */
  service(nameOrId: string): Service {
    const [named] = this.state.servicesByName.get(nameOrId) ?? [];
    return named ?? this.services.get(nameOrId);
  }

  /** An instance by container name or task id. @throws {@link PlatformError} (`notFound`) */
  task(containerOrTask: string): Task {
    const task = this.state.tasksByContainerName.get(containerOrTask) ?? this.state.tasks.get(containerOrTask);
    if (task === undefined) throw new PlatformError('notFound', `container ${containerOrTask} does not exist`);
    return task;
  }

  /** A fresh random id in the platform's UUID form, from the seed. */
  newId(): string {
    return this.#context.random.uuid();
  }

  /** A fresh random hexadecimal id, from the seed. */
  newHexId(): string {
    return this.#context.random.hex(32);
  }

  /** The whole state as plain data; {@link ClusterOptions.snapshot} goes on from it. */
  save(): ClusterSnapshot {
    this.timeline.catchUp();
    return structuredClone(takeSnapshot(this.#context));
  }

  /** Ends time and every real process; the state can still be read. */
  async stop(): Promise<void> {
    this.timeline.stop();
    await this.#context.runtime?.stop();
  }

  #populate(spec: ClusterSpec): void {
    checkCluster(spec);
    this.state.registries.set('local', { id: 'local', name: '本地仓库' });
    for (const registry of spec.registries ?? []) this.state.registries.set(registry.id, { ...registry });
    for (const image of spec.images ?? []) this.images.store(image);
    for (const node of spec.nodes)
      for (const name of numbered(node.name, node.count)) this.nodes.add({ ...node, name });
    for (const service of spec.services ?? []) {
      const suitable = service.nodes ?? this.#nodeNamesFor(service.image);
      for (const [index, name] of numbered(service.name, service.count).entries()) {
        this.#addRunning({ ...service, name }, poolOf(suitable, index, service.poolSize));
      }
    }
  }

  #nodeNamesFor(ref: string): readonly string[] {
    const os = this.state.imagesByRef.get(ref)?.os;
    return [...this.state.nodes.values()].filter((node) => node.os === os).map(({ name }) => name);
  }

  /** Adds a service as it is long after its creation: images in place, containers running. */
  #addRunning(spec: ServiceSpec, names: readonly string[]): void {
    for (const name of names) this.images.preload(this.nodes.getByName(name), spec.image);
    const image = {
      ref: spec.image,
      action: spec.action ?? 'run',
      config: spec.config ?? this.state.imagesByRef.get(spec.image)?.config ?? {},
      ...(spec.pullPolicy === undefined ? {} : { pullPolicy: spec.pullPolicy }),
      ...(spec.autoUpgrade === undefined ? {} : { autoUpgrade: spec.autoUpgrade }),
      ...(spec.vsoa === undefined ? {} : { vsoa: spec.vsoa }),
    };
    const placement =
      spec.policy === 'static'
        ? ({ policy: 'static' } as const)
        : ({ policy: 'dynamic', factor: spec.factor ?? 1 } as const);
    const service = this.services.create(
      { name: spec.name, image, node: { names }, ...placement },
      { pathLabel: spec.pathLabel ?? '' },
    );
    service.load = spec.load ?? 0;
    for (const task of service.tasks) this.#lifecycle.skipAhead(task);
  }
}

/** `size` of the names, beginning at `from` and going round. */
function poolOf(names: readonly string[], from: number, size = names.length): readonly string[] {
  const pool: string[] = [];
  for (let at = 0; at < Math.min(size, names.length); at++) {
    const name = names[(from + at) % names.length];
    if (name !== undefined) pool.push(name);
  }
  return pool;
}
