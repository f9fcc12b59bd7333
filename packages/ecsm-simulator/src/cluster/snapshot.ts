import { omit } from '../internal/omit.js';
import type { ClusterContext } from './cluster-context.js';
import type { Lifecycle } from './lifecycle.js';
import type { Images } from './images.js';
import type {
  ClusterNode,
  ConfigItem,
  Image,
  Pull,
  Registry,
  Service,
  SharedLoad,
  Task,
  TemplateEntry,
} from './model.js';
import type { Nodes } from './nodes.js';
import type { Scheduled } from './timeline.js';

/** When something pending is due, and its place among others due at the same moment. */
interface Pending {
  readonly inMs: number;
  readonly sequence: number;
}

type SavedPull = Omit<Pull, 'timer'> & { readonly timer: Pending | undefined };

type SavedNode = Omit<ClusterNode, 'images' | 'pulls' | 'tasks' | 'ports' | 'boot' | 'watch'> & {
  readonly images: readonly (readonly [string, string])[];
  readonly pulls: readonly SavedPull[];
  readonly taskIds: readonly string[];
  readonly ports: readonly number[];
  readonly boot: Pending | undefined;
  readonly watch: Pending | undefined;
};

type SavedService = Omit<Service, 'tasks' | 'sharedLoad'> & {
  readonly taskIds: readonly string[];
  /** False for a deleted service of which something is left on an absent node. */
  readonly listed: boolean;
};

type SavedTask = Omit<Task, 'service' | 'node' | 'timer' | 'healthTimer' | 'process'> & {
  readonly serviceId: string;
  readonly nodeId: string;
  readonly timer: Pending | undefined;
  readonly healthTimer: Pending | undefined;
};

/** The whole state of a cluster as plain data, for a file. */
export interface ClusterSnapshot {
  readonly version: 1;
  /** Simulated wall clock at saving; time goes on from here. */
  readonly nowMs: number;
  readonly random: readonly number[];
  readonly registries: readonly Registry[];
  readonly images: readonly Image[];
  readonly nodes: readonly SavedNode[];
  readonly services: readonly SavedService[];
  readonly tasks: readonly SavedTask[];
  readonly templates: readonly TemplateEntry[];
  readonly configItems: readonly ConfigItem[];
  readonly sharedLoads?: readonly Omit<SharedLoad, 'services'>[];
}

/** Takes the whole state, what is pending included. */
export function takeSnapshot({ random, state, timeline }: ClusterContext): ClusterSnapshot {
  const pending = (scheduled: Scheduled | undefined): Pending | undefined =>
    scheduled && { inMs: scheduled.dueAtMs - timeline.elapsedMs, sequence: scheduled.sequence };
  const nodes = [...state.nodes.values()];
  const ghosts = nodes.flatMap((node) => [...node.tasks].filter((task) => task.ghost !== 'none'));
  const tasks = [...state.tasks.values(), ...ghosts];
  // Containers may outlive the entry of their service in the lists.
  const services = new Set([...state.services.values(), ...tasks.map((task) => task.service)]);
  return {
    version: 1,
    nowMs: timeline.nowMs,
    random: random.state,
    registries: [...state.registries.values()],
    images: [...state.images.values()],
    nodes: nodes.map((node) => ({
      ...omit(node, 'images', 'pulls', 'tasks', 'ports', 'boot', 'watch'),
      images: [...node.images],
      pulls: [...node.pulls.values()].map((pull) => ({ ...pull, timer: pending(pull.timer) })),
      taskIds: [...node.tasks].map(({ id }) => id),
      ports: [...node.ports],
      boot: pending(node.boot),
      watch: pending(node.watch),
    })),
    services: [...services].map((service) => ({
      ...omit(service, 'tasks', 'sharedLoad'),
      taskIds: [...service.tasks].map(({ id }) => id),
      listed: state.services.has(service.id),
    })),
    tasks: tasks.map((task) => ({
      ...omit(task, 'service', 'node', 'timer', 'healthTimer', 'process'),
      serviceId: task.service.id,
      nodeId: task.node.id,
      timer: pending(task.timer),
      healthTimer: pending(task.healthTimer),
    })),
    templates: [...state.templates.values()],
    configItems: [...state.configItems.values()],
    sharedLoads: [...state.sharedLoads.values()].map((shared) => omit(shared, 'services')),
  };
}

/** The parts of a cluster that set things going again. */
export interface RestoreTargets {
  readonly images: Images;
  readonly lifecycle: Lifecycle;
  readonly nodes: Nodes;
}

/** Fills an empty cluster from a snapshot and sets what was pending going again. */
export function restoreSnapshot(context: ClusterContext, original: ClusterSnapshot, targets: RestoreTargets): void {
  const { state } = context;
  // The caller's object stays as it is, whatever the cluster does with its own.
  const snapshot = structuredClone(original);
  for (const registry of snapshot.registries) state.registries.set(registry.id, registry);
  for (const image of snapshot.images) state.addImage(image);
  for (const entry of snapshot.templates) state.addTemplate(entry);
  for (const item of snapshot.configItems) state.configItems.set(item.id, item);
  const resumptions: { readonly pending: Pending; readonly resume: () => void }[] = [];
  const later = (pending: Pending | undefined, resume: (inMs: number) => void): void => {
    if (pending === undefined) return;
    resumptions.push({
      pending,
      resume: () => {
        resume(pending.inMs);
      },
    });
  };

  const nodes = new Map<string, ClusterNode>();
  for (const saved of snapshot.nodes) {
    const { boot, images, ports, pulls, watch } = saved;
    const node: ClusterNode = {
      ...omit(saved, 'taskIds'),
      images: new Map(images),
      pulls: new Map(),
      tasks: new Set(),
      ports: new Set(ports),
      boot: undefined,
      watch: undefined,
    };
    nodes.set(node.id, node);
    state.addNode(node);
    for (const { timer, ...pull } of pulls) {
      node.pulls.set(pull.ref, { ...pull, timer: undefined });
      later(timer, (inMs) => {
        targets.images.resumePull(node, pull.ref, inMs);
      });
    }
    later(boot, (inMs) => {
      targets.nodes.resumeBoot(node, inMs);
    });
    later(watch, (inMs) => {
      targets.nodes.resumeWatch(node, inMs);
    });
  }

  for (const { prefix, load } of snapshot.sharedLoads ?? []) state.shareLoad(prefix, load);
  const services = new Map<string, Service>();
  for (const saved of snapshot.services) {
    const service: Service = { ...omit(saved, 'taskIds', 'listed'), tasks: new Set(), sharedLoad: undefined };
    services.set(service.id, service);
    if (saved.listed) state.addService(service);
  }

  const tasks = new Map<string, Task>();
  for (const { serviceId, nodeId, timer, healthTimer, ...rest } of snapshot.tasks) {
    const service = services.get(serviceId);
    const node = nodes.get(nodeId);
    if (service === undefined || node === undefined) {
      throw new TypeError(
        `snapshot: task ${rest.id} belongs to service ${serviceId} on node ${nodeId}, one of which is missing`,
      );
    }
    const task: Task = { ...rest, service, node, timer: undefined, healthTimer: undefined, process: undefined };
    tasks.set(task.id, task);
    if (task.ghost === 'none') state.addTask(task);
    later(timer, (inMs) => {
      targets.lifecycle.resume(task, 'timer', inMs);
    });
    later(healthTimer, (inMs) => {
      targets.lifecycle.resume(task, 'healthTimer', inMs);
    });
  }
  for (const { id, taskIds } of snapshot.nodes) refill(nodes.get(id)?.tasks, taskIds, tasks);
  for (const { id, taskIds } of snapshot.services) refill(services.get(id)?.tasks, taskIds, tasks);

  resumptions.sort((a, b) => a.pending.inMs - b.pending.inMs || a.pending.sequence - b.pending.sequence);
  for (const { resume } of resumptions) resume();
  for (const task of tasks.values()) targets.lifecycle.resumeProcess(task);
}

function refill(target: Set<Task> | undefined, ids: readonly string[], tasks: ReadonlyMap<string, Task>): void {
  target?.clear();
  for (const id of ids) {
    const task = tasks.get(id);
    if (task !== undefined) target?.add(task);
  }
}
