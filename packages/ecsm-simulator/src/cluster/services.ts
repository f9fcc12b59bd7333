import { isDeepStrictEqual } from 'node:util';

import type {
  CreateServiceRequest,
  ServiceAction,
  ServiceImage,
  ServicePolicy,
  UpdateServiceRequest,
} from '@ecsm/ecsm-client';
import semver from 'semver';

import type { ClusterContext } from './cluster-context.js';
import { noteCommand } from './history.js';
import { parseImageRef, type ImageRef } from './image-ref.js';
import type { Images } from './images.js';
import type { Lifecycle } from './lifecycle.js';
import type { ClusterNode, DeploymentRecord, Image, Service, Task } from './model.js';
import { chooseNode } from './placement.js';
import { PlatformError } from './platform-error.js';
import { requirementsOf } from './requirements.js';
import { invalidFields } from './service-request.js';
import { desiredInstances, isLeaving, isLost } from './task-views.js';

/** What a caller may set beyond the documented body. */
interface CreateOptions {
  readonly pathLabel?: string;
}

/** The services: creation, change, removal, and keeping the right instances on the right nodes. */
export class Services {
  readonly #context: ClusterContext;
  readonly #images: Images;
  readonly #lifecycle: Lifecycle;

  constructor(context: ClusterContext, images: Images, lifecycle: Lifecycle) {
    this.#context = context;
    this.#images = images;
    this.#lifecycle = lifecycle;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  get(id: string): Service {
    const service = this.#context.state.services.get(id);
    if (service === undefined) throw new PlatformError('notFound', `service ${id} does not exist`);
    return service;
  }

  /** Whether a service other than `exceptId` has the name. */
  nameTaken(name: string, exceptId?: string): boolean {
    for (const service of this.#context.state.servicesByName.get(name) ?? []) if (service.id !== exceptId) return true;
    return false;
  }

  create(request: CreateServiceRequest, options: CreateOptions = {}): Service {
    const { random, state, timeline } = this.#context;
    const ref = this.#check(request);
    this.#checkName(request.name);
    const service: Service = {
      id: random.uuid(),
      name: request.name,
      image: structuredClone(request.image),
      ref,
      nodeNames: [...new Set(request.node.names)],
      factor: request.factor,
      policy: request.policy ?? 'static',
      prepull: request.prepull ?? false,
      pathLabel: options.pathLabel ?? '',
      createdMs: timeline.nowMs,
      updatedMs: timeline.nowMs,
      tasks: new Set(),
      wanted: request.image.action === 'run' ? 'running' : 'stopped',
      deleting: false,
      load: 0,
      sharedLoad: undefined,
      loadBalance: 'roundRobin',
      loadBalanceDetail: undefined,
      records: [],
    };
    state.addService(service);
    this.#context.tell('serviceCreated', `service ${service.name} is created with ${this.#describe(service)}`, {
      service: service.name,
    });
    this.#record(service);
    if (service.prepull) this.#prepull(service);
    this.converge(service);
    return service;
  }

  update(request: UpdateServiceRequest): Service {
    const service = this.get(request.id);
    const ref = this.#check(request);
    if (service.deleting) throw new PlatformError('conflict', `service ${service.name} is being deleted`);
    if (request.name !== service.name) {
      this.#checkName(request.name, service.id);
      this.#context.state.renameService(service, request.name);
    }
    this.#replace(service, {
      image: structuredClone(request.image),
      ref,
      nodeNames: [...new Set(request.node.names)],
      factor: request.factor,
      policy: request.policy ?? 'static',
    });
    this.#context.tell('serviceUpdated', `service ${service.name} is updated to ${this.#describe(service)}`, {
      service: service.name,
    });
    return service;
  }

  /** Removes a service; its containers, and with them the service, vanish a little later. */
  delete(service: Service): void {
    if (service.deleting) return;
    service.deleting = true;
    this.#context.tell('serviceDeleting', `service ${service.name} is being deleted`, { service: service.name });
    for (const task of [...service.tasks]) this.#lifecycle.remove(task);
    const gone = service.tasks.size === 0 || this.#context.settings.deletedServiceRow === 'goneAtOnce';
    if (gone) this.#forget(service);
  }

  /** Acts on all containers of a service. */
  act(service: Service, action: ServiceAction): void {
    if (action === 'destroy') {
      this.delete(service);
      return;
    }
    if (service.deleting) throw new PlatformError('conflict', `service ${service.name} is being deleted`);
    if (action === 'stop') service.wanted = 'stopped';
    if (action === 'start' || action === 'restart') service.wanted = 'running';
    for (const task of [...service.tasks]) this.actOnTask(task, action);
  }

  /** Acts on one container and writes it into its history. */
  actOnTask(task: Task, action: Exclude<ServiceAction, 'destroy'>): void {
    noteCommand(task, action, this.#context.timeline.nowMs);
    this.#lifecycle[action](task);
  }

  /** Deploys every instance anew from the present definition. */
  redeploy(service: Service): void {
    if (service.deleting) throw new PlatformError('conflict', `service ${service.name} is being deleted`);
    this.#record(service);
    this.#redeployAll(service);
    this.converge(service);
  }

  /** Returns to the definition of an earlier deployment. */
  rollback(service: Service, recordId: string): void {
    const record = service.records.find(({ id }) => id === recordId);
    if (record === undefined) {
      throw new PlatformError('notFound', `record ${recordId} of service ${service.name} does not exist`);
    }
    const ref = parseImageRef(record.image.ref);
    if (ref === undefined) throw new PlatformError('invalid', `record ${recordId} has no image reference`);
    this.#replace(service, {
      image: structuredClone(record.image),
      ref,
      nodeNames: record.nodeNames,
      factor: record.factor,
      policy: record.policy,
    });
    this.#context.tell('serviceUpdated', `service ${service.name} is rolled back to ${this.#describe(service)}`, {
      service: service.name,
    });
  }

  /** Upgrades the services that follow new images of this name by themselves. */
  imagePushed(image: Image, previousDigest: string | undefined): void {
    for (const service of this.#context.state.services.values()) {
      const { autoUpgrade = 'Never' } = service.image;
      if (service.deleting || service.ref.name !== image.name || service.ref.os !== image.os) continue;
      const larger = isLargerTag(image.tag, service.ref.tag);
      const other = image.ref !== service.image.ref || image.digest !== previousDigest;
      if (!(autoUpgrade === 'Larger' && larger) && !(autoUpgrade === 'Always' && other)) continue;
      service.image = { ...service.image, ref: image.ref };
      service.ref = { name: image.name, tag: image.tag, os: image.os };
      service.updatedMs = this.#context.timeline.nowMs;
      this.#context.tell('serviceUpgraded', `service ${service.name} is upgraded to ${image.ref}`, {
        service: service.name,
      });
      this.#record(service);
      this.#redeployAll(service);
      this.converge(service);
    }
  }

  /**
   * Brings the instances in line with what the service asks for: one on each named node, or `factor` in the pool.
   *
   * Instances on nodes known to be offline are replaced when there is a node to take them, and stay in the books when not.
   *
   * @param trim - whether instances beyond `factor` go
   */
  converge(service: Service, trim = true): void {
    if (service.deleting) return;
    for (const task of [...service.tasks]) {
      if (!service.nodeNames.includes(task.node.name) && !isLeaving(task)) this.#lifecycle.remove(task);
    }
    if (service.policy === 'static') this.#convergeStatic(service);
    else this.#convergeDynamic(service, trim);
  }

  /** An instance is gone; the last one of a service under deletion takes the service with it. */
  taskRemoved(service: Service): void {
    if (service.deleting && service.tasks.size === 0) this.#forget(service);
  }

  /** Tries a failed deployment again: where there is room now, or else on the same node. */
  retry(task: Task): void {
    const { service } = task;
    const node = service.policy === 'dynamic' ? this.#chooseNode(service, true) : undefined;
    if (node === undefined || node === task.node) {
      this.#lifecycle.deploy(task);
    } else {
      this.#lifecycle.remove(task);
      this.#lifecycle.deploy(this.#lifecycle.add(service, node));
    }
  }

  #chooseNode(service: Service, onlyFitting: boolean): ClusterNode | undefined {
    const { settings, state } = this.#context;
    const need = requirementsOf(service.image, settings);
    const imageMB = state.imagesByRef.get(service.image.ref)?.sizeMB ?? 0;
    return chooseNode({ state, service, need, imageMB, onlyFitting });
  }

  #convergeStatic(service: Service): void {
    const occupied = new Set<string>();
    for (const task of [...service.tasks]) {
      if (isLeaving(task)) continue;
      if (occupied.has(task.node.name)) this.#lifecycle.remove(task);
      else occupied.add(task.node.name);
    }
    for (const name of service.nodeNames) {
      const node = this.#context.state.nodesByName.get(name);
      if (node !== undefined && !occupied.has(name)) this.#lifecycle.deploy(this.#lifecycle.add(service, node));
    }
  }

  #convergeDynamic(service: Service, trim: boolean): void {
    const desired = desiredInstances(service, this.#context.settings);
    const instances = [...service.tasks].filter((task) => !isLeaving(task));
    for (const task of surplus(instances, trim ? desired : Infinity)) {
      instances.splice(instances.indexOf(task), 1);
      this.#lifecycle.remove(task);
    }
    for (const task of instances) {
      if (!isLost(task)) continue;
      const node = this.#chooseNode(service, true);
      if (node === undefined) continue;
      this.#lifecycle.makeGhost(task, 'migrated');
      const replacement = this.#lifecycle.add(service, node);
      this.#context.tell(
        'instanceMigrated',
        `service ${service.name} moves an instance from ${task.node.name} to ${node.name}`,
        { service: service.name, node: node.name, container: replacement.containerName },
      );
      this.#lifecycle.deploy(replacement);
    }
    for (let missing = desired - instances.length; missing > 0; missing--) {
      const node = this.#chooseNode(service, false);
      if (node === undefined) return;
      this.#lifecycle.deploy(this.#lifecycle.add(service, node));
    }
  }

  #replace(
    service: Service,
    next: {
      readonly image: ServiceImage;
      readonly ref: ImageRef;
      readonly nodeNames: readonly string[];
      readonly factor: number | undefined;
      readonly policy: ServicePolicy;
    },
  ): void {
    const changed = !isDeepStrictEqual(service.image, next.image);
    service.image = next.image;
    service.ref = next.ref;
    service.factor = next.factor;
    service.policy = next.policy;
    service.updatedMs = this.#context.timeline.nowMs;
    this.#context.state.moveService(service, next.nodeNames);
    this.#record(service);
    if (changed || this.#context.settings.putRestarts === 'all') this.#redeployAll(service);
    else this.#retryFailed(service);
    this.converge(service);
  }

  #redeployAll(service: Service): void {
    service.wanted = service.image.action === 'run' ? 'running' : 'stopped';
    this.#retryFailed(service);
    const present = [...service.tasks].filter((task) => service.nodeNames.includes(task.node.name) && !isLeaving(task));
    const spared = new Set(surplus(present, this.#desiredKeep(service)));
    for (const task of present) {
      // An instance that loses its place anyway is not worth a new container.
      if (spared.has(task)) this.#lifecycle.remove(task);
      else this.#lifecycle.redeploy(task);
    }
  }

  #desiredKeep(service: Service): number {
    return service.policy === 'static' ? Infinity : desiredInstances(service, this.#context.settings);
  }

  /** Gives failed instances of a dynamic service up, so that they find a better node; those of a static one try again. */
  #retryFailed(service: Service): void {
    for (const task of [...service.tasks]) {
      if (task.phase !== 'failed') continue;
      if (service.policy === 'dynamic') this.#lifecycle.remove(task);
      else this.#lifecycle.deploy(task);
    }
  }

  #prepull(service: Service): void {
    const { settings, state } = this.#context;
    const image = state.imagesByRef.get(service.image.ref);
    if (image === undefined) return;
    const names = settings.prepullScope === 'cluster' ? state.nodesByName.keys() : service.nodeNames;
    for (const name of names) {
      const node = state.nodesByName.get(name);
      if (node?.status === 'online' && node.os === image.os && !node.images.has(image.ref)) {
        this.#images.pull(node, image);
      }
    }
  }

  #check(request: CreateServiceRequest): ImageRef {
    const { settings, state } = this.#context;
    const ref = parseImageRef(request.image.ref);
    if (ref === undefined) throw invalidFields({ 'image.ref': 'must be of the form name@tag#os' });
    const unknown = request.node.names.filter((name) => !state.nodesByName.has(name));
    if (unknown.length > 0) throw invalidFields({ 'node.names': `must exist: ${unknown.join(', ')}` });
    const isStatic = (request.policy ?? 'static') === 'static';
    if (isStatic && request.factor !== undefined && settings.factorOnStatic === 'refuse') {
      throw invalidFields({ factor: 'must not be given for a static service' });
    }
    if (!isStatic && request.factor === 0 && settings.factorZero === 'refuse') {
      throw invalidFields({ factor: 'must be 1 or more' });
    }
    return ref;
  }

  #checkName(name: string, exceptId?: string): void {
    if (this.#context.settings.duplicateNames === 'refuse' && this.nameTaken(name, exceptId)) {
      throw new PlatformError('conflict', `service name ${name} already exists`);
    }
  }

  #record(service: Service): void {
    const record: DeploymentRecord = {
      id: this.#context.random.uuid(),
      createdMs: this.#context.timeline.nowMs,
      name: service.name,
      image: service.image,
      nodeNames: service.nodeNames,
      factor: service.factor,
      policy: service.policy,
    };
    service.records.push(record);
    if (service.records.length > this.#context.settings.recordLimit) service.records.shift();
  }

  #forget(service: Service): void {
    if (!this.#context.state.services.has(service.id)) return;
    this.#context.state.removeService(service);
    this.#context.tell('serviceDeleted', `service ${service.name} is gone`, { service: service.name });
  }

  #describe(service: Service): string {
    const desired = desiredInstances(service, this.#context.settings);
    const where = service.policy === 'static' ? service.nodeNames.join(', ') : `${service.nodeNames.length} nodes`;
    return `${service.image.ref}, ${service.policy}, ${desired} instance${desired === 1 ? '' : 's'} on ${where}`;
  }
}

/**
 * The instances beyond `desired`, in the order in which they can best be spared: failed ones, those that do not run, those
 * that crowd a node, the youngest.
 */
function surplus(instances: readonly Task[], desired: number): readonly Task[] {
  if (instances.length <= desired) return [];
  const remaining = [...instances];
  const spared: Task[] = [];
  while (remaining.length > desired) {
    const crowd = new Map<string, number>();
    for (const task of remaining) crowd.set(task.node.id, (crowd.get(task.node.id) ?? 0) + 1);
    const worth = (task: Task): number =>
      (task.phase === 'failed' ? 0 : task.phase === 'running' ? 2_000_000 : 1_000_000) - (crowd.get(task.node.id) ?? 0);
    let least = remaining.length - 1;
    for (const [index, task] of remaining.entries()) {
      const other = remaining[least];
      if (other !== undefined && worth(task) <= worth(other)) least = index;
    }
    spared.push(...remaining.splice(least, 1));
  }
  return spared;
}

function isLargerTag(tag: string, than: string): boolean {
  const [next, present] = [semver.parse(tag, true), semver.parse(than, true)];
  return next !== null && present !== null && semver.gt(next, present);
}
