import type { RegisterNodeRequest, UpdateNodeRequest } from '@ecsm/ecsm-client';

import type { NodeSpec, OperatingSystem } from '../spec/cluster-spec.js';
import type { ClusterContext } from './cluster-context.js';
import type { Images } from './images.js';
import type { Lifecycle } from './lifecycle.js';
import type { ClusterNode, Service } from './model.js';
import { PlatformError } from './platform-error.js';
import type { Services } from './services.js';
import { isLeaving } from './task-views.js';

/** How a node goes away. */
export const nodeLosses = ['power', 'link'] as const;
/** `power`: its containers end. `link`: they run on, unseen. */
export type NodeLoss = (typeof nodeLosses)[number];

/** A node that cannot be deleted, and the services in the way. */
export interface NodeConflict {
  readonly node: ClusterNode;
  readonly services: readonly Service[];
}

/** The nodes: registration, loss, return. */
export class Nodes {
  readonly #context: ClusterContext;
  readonly #images: Images;
  readonly #lifecycle: Lifecycle;
  readonly #services: Services;

  constructor(context: ClusterContext, images: Images, lifecycle: Lifecycle, services: Services) {
    this.#context = context;
    this.#images = images;
    this.#lifecycle = lifecycle;
    this.#services = services;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  get(id: string): ClusterNode {
    const node = this.#context.state.nodes.get(id);
    if (node === undefined) throw new PlatformError('notFound', `node ${id} does not exist`);
    return node;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  getByName(name: string): ClusterNode {
    const node = this.#context.state.nodesByName.get(name);
    if (node === undefined) throw new PlatformError('notFound', `node ${name} does not exist`);
    return node;
  }

  nameTaken(name: string, exceptId?: string): boolean {
    const node = this.#context.state.nodesByName.get(name);
    return node !== undefined && node.id !== exceptId;
  }

  addressTaken(address: string, exceptId?: string): boolean {
    for (const node of this.#context.state.nodes.values()) {
      if (node.address === address && node.id !== exceptId) return true;
    }
    return false;
  }

  /** Adds a node with everything a cluster file can say about it. */
  add(spec: NodeSpec): ClusterNode {
    const { random, state, timeline } = this.#context;
    const count = state.nodes.size;
    const node: ClusterNode = {
      id: random.uuid(),
      name: spec.name,
      address: spec.address ?? `10.10.${Math.floor(count / 250)}.${(count % 250) + 1}:1112`,
      password: spec.password ?? 'ecsd',
      tls: spec.tls ?? false,
      os: spec.os,
      realOs: spec.os,
      arch: spec.arch ?? 'arm64',
      createdMs: timeline.nowMs,
      memoryMB: spec.memoryMB ?? 2048,
      diskMB: spec.diskMB ?? 16_384,
      cpuCores: spec.cpuCores ?? 4,
      foreignContainers: spec.foreignContainers ?? 0,
      link: spec.down === true ? 'off' : 'up',
      status: spec.down === true ? 'offline' : 'online',
      bootedMs: timeline.nowMs,
      images: new Map(),
      pulls: new Map(),
      tasks: new Set(),
      memoryUsedMB: 0,
      diskUsedMB: 0,
      ports: new Set(),
      boot: undefined,
      watch: undefined,
      watchFor: 'detection',
    };
    state.addNode(node);
    for (const ref of spec.images ?? []) this.#images.preload(node, ref);
    return node;
  }

  register(request: RegisterNodeRequest): ClusterNode {
    this.#checkIdentity(request);
    const node = this.add({ ...request, os: 'linux' });
    this.#context.tell('nodeAdded', `node ${node.name} (${node.address}) is registered`, { node: node.name });
    return node;
  }

  update(request: UpdateNodeRequest): void {
    const node = this.get(request.id);
    this.#checkIdentity(request, node.id);
    const { state } = this.#context;
    if (request.name !== node.name) {
      const services = [...(state.servicesByNodeName.get(node.name) ?? [])];
      const oldName = node.name;
      state.nodesByName.delete(oldName);
      node.name = request.name;
      state.nodesByName.set(node.name, node);
      for (const service of services) {
        state.moveService(
          service,
          service.nodeNames.map((name) => (name === oldName ? node.name : name)),
        );
      }
    }
    node.address = request.address;
    node.password = request.password;
    node.tls = request.tls;
  }

  /** Removes nodes that no service uses; answers with those that could not go. */
  delete(ids: readonly string[]): readonly NodeConflict[] {
    const { settings, state } = this.#context;
    const nodes = ids.map((id) => this.get(id));
    const conflicts: NodeConflict[] = [];
    for (const node of nodes) {
      const services = [...(state.servicesByNodeName.get(node.name) ?? [])];
      if (services.length > 0) conflicts.push({ node, services });
    }
    if (conflicts.length > 0 && !settings.partialNodeDelete) return conflicts;
    const inUse = new Set(conflicts.map(({ node }) => node));
    for (const node of nodes) {
      if (inUse.has(node)) continue;
      node.boot?.cancel();
      node.watch?.cancel();
      this.#images.dropPulls(node);
      state.removeNode(node);
      this.#context.tell('nodeRemoved', `node ${node.name} is removed`, { node: node.name });
    }
    return conflicts;
  }

  /** Takes a node away; the platform notices after its detection time. */
  takeDown(node: ClusterNode, loss: NodeLoss = 'power'): void {
    if (node.link === 'off' || (node.link === 'unreachable' && loss === 'link')) return;
    const wasUp = node.link === 'up';
    node.boot?.cancel();
    node.boot = undefined;
    node.link = loss === 'power' ? 'off' : 'unreachable';
    if (loss === 'power') this.#lifecycle.powerLost(node);
    this.#context.tell('nodeDown', `node ${node.name} ${loss === 'power' ? 'loses power' : 'is cut off'}`, {
      node: node.name,
    });
    if (wasUp) this.#watch(node, 'detection', this.#context.settings.nodeDetectionMs);
  }

  /** Brings a node back: at once when it was only cut off, after its boot when it had lost power. */
  bringUp(node: ClusterNode): void {
    if (node.link === 'up' || node.boot !== undefined) return;
    this.#context.tell('nodeUp', `node ${node.name} ${node.link === 'off' ? 'is powered on' : 'is reachable again'}`, {
      node: node.name,
    });
    if (node.link === 'off') this.#bootIn(node, this.#context.settings.nodeBootMs);
    else this.#returned(node, false);
  }

  /** Gives a node another operating system, which the platform learns when node types are refreshed. */
  changeType(node: ClusterNode, os: OperatingSystem): void {
    node.realOs = os;
  }

  /** Starts the refresh of node types. */
  refreshTypes(): void {
    this.#context.timeline.after(this.#context.settings.typeRefreshMs, () => {
      for (const node of this.#context.state.nodes.values()) {
        if (node.link === 'up') node.os = node.realOs;
      }
    });
  }

  /** Carries on with the boot that was under way in a saved state. */
  resumeBoot(node: ClusterNode, inMs: number): void {
    this.#bootIn(node, inMs);
  }

  /** Carries on with the platform's step that was pending in a saved state. */
  resumeWatch(node: ClusterNode, inMs: number): void {
    this.#watch(node, node.watchFor, inMs);
  }

  #bootIn(node: ClusterNode, delayMs: number): void {
    node.boot = this.#context.timeline.after(delayMs, () => {
      this.#returned(node, true);
    });
  }

  #watch(node: ClusterNode, watchFor: ClusterNode['watchFor'], delayMs: number): void {
    node.watchFor = watchFor;
    node.watch = this.#context.timeline.after(delayMs, () => {
      node.watch = undefined;
      if (watchFor === 'detection') this.#lost(node);
      else this.#convergeAround(node);
    });
  }

  #lost(node: ClusterNode): void {
    node.status = 'offline';
    this.#context.tell('nodeOffline', `node ${node.name} is offline`, { node: node.name });
    for (const task of node.tasks) {
      if (task.ghost !== 'none') continue;
      if (isLeaving(task)) this.#lifecycle.makeGhost(task, 'deleted');
      else if (task.deployStatus === 'deploying') this.#lifecycle.abandon(task);
    }
    this.#watch(node, 'migration', this.#context.settings.migrationDelayMs);
  }

  #returned(node: ClusterNode, rebooted: boolean): void {
    const { settings, state, timeline } = this.#context;
    node.boot = undefined;
    node.watch?.cancel();
    node.watch = undefined;
    node.link = 'up';
    if (rebooted) node.bootedMs = timeline.nowMs;
    if (node.status === 'offline') {
      node.status = 'online';
      this.#context.tell('nodeOnline', `node ${node.name} is online`, { node: node.name });
    }
    for (const task of [...node.tasks]) {
      if (task.ghost !== 'none') {
        const wanted = state.services.has(task.service.id) && !task.service.deleting;
        if (!wanted || task.ghost !== 'migrated' || settings.returningNode !== 'keepDuplicate') {
          this.#lifecycle.clear(task, rebooted);
          continue;
        }
        task.ghost = 'none';
        state.addTask(task);
      }
      this.#lifecycle.recover(task, rebooted);
    }
    this.#convergeAround(node);
  }

  /** Services that lost or wait for an instance because of this node look again. */
  #convergeAround(node: ClusterNode): void {
    const trim = this.#context.settings.returningNode === 'removeDuplicate';
    for (const service of [...(this.#context.state.servicesByNodeName.get(node.name) ?? [])]) {
      this.#services.converge(service, trim);
    }
  }

  #checkIdentity(request: RegisterNodeRequest, exceptId?: string): void {
    if (this.nameTaken(request.name, exceptId)) {
      throw new PlatformError('conflict', `node name ${request.name} already exists`);
    }
    if (this.addressTaken(request.address, exceptId)) {
      throw new PlatformError('conflict', `node address ${request.address} already exists`);
    }
  }
}
