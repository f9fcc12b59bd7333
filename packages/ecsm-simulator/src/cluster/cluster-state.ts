import type { Load } from '../spec/cluster-spec.js';
import type { ClusterNode, ConfigItem, Image, Registry, Service, SharedLoad, Task, TemplateEntry } from './model.js';

/**
 * Everything in the cluster, with the indexes that keep each look-up independent of the cluster's size.
 *
 * Maps keep the order of creation, which is the order of every list.
 */
export class ClusterState {
  readonly nodes = new Map<string, ClusterNode>();
  readonly nodesByName = new Map<string, ClusterNode>();
  readonly registries = new Map<string, Registry>();
  readonly images = new Map<string, Image>();
  readonly imagesByRef = new Map<string, Image>();
  readonly services = new Map<string, Service>();
  /** Several services share a name only where the settings accept it. */
  readonly servicesByName = new Map<string, Set<Service>>();
  /** Services that name a node in `node.names`, by that name. */
  readonly servicesByNodeName = new Map<string, Set<Service>>();
  /** Instances by task id, without ghosts. */
  readonly tasks = new Map<string, Task>();
  readonly tasksByContainerName = new Map<string, Task>();
  readonly templates = new Map<string, TemplateEntry>();
  readonly templatesByPath = new Map<string, TemplateEntry>();
  readonly configItems = new Map<string, ConfigItem>();
  /** By the prefix of the names. */
  readonly sharedLoads = new Map<string, SharedLoad>();

  addNode(node: ClusterNode): void {
    this.nodes.set(node.id, node);
    this.nodesByName.set(node.name, node);
  }

  removeNode(node: ClusterNode): void {
    this.nodes.delete(node.id);
    this.nodesByName.delete(node.name);
  }

  addImage(image: Image): void {
    this.images.set(image.id, image);
    this.imagesByRef.set(image.ref, image);
  }

  addService(service: Service): void {
    this.services.set(service.id, service);
    addTo(this.servicesByName, service.name, service);
    for (const name of service.nodeNames) addTo(this.servicesByNodeName, name, service);
    this.#joinLoad(service);
  }

  removeService(service: Service): void {
    this.services.delete(service.id);
    removeFrom(this.servicesByName, service.name, service);
    for (const name of service.nodeNames) removeFrom(this.servicesByNodeName, name, service);
    service.sharedLoad?.services.delete(service);
  }

  renameService(service: Service, name: string): void {
    removeFrom(this.servicesByName, service.name, service);
    service.name = name;
    addTo(this.servicesByName, name, service);
    this.#joinLoad(service);
  }

  /** Sets the work that all services whose names begin so have to do together; 0 takes it away. */
  shareLoad(prefix: string, load: Load): void {
    if (load === 0) this.sharedLoads.delete(prefix);
    else this.sharedLoads.set(prefix, { prefix, load, services: new Set() });
    for (const service of this.services.values()) this.#joinLoad(service);
  }

  moveService(service: Service, nodeNames: readonly string[]): void {
    for (const name of service.nodeNames) removeFrom(this.servicesByNodeName, name, service);
    service.nodeNames = nodeNames;
    for (const name of nodeNames) addTo(this.servicesByNodeName, name, service);
  }

  addTask(task: Task): void {
    task.service.tasks.add(task);
    task.node.tasks.add(task);
    this.tasks.set(task.id, task);
    this.tasksByContainerName.set(task.containerName, task);
  }

  /** Takes the instance out of the platform's books; what is left of it stays on its node. */
  forgetTask(task: Task): void {
    task.service.tasks.delete(task);
    this.tasks.delete(task.id);
    if (this.tasksByContainerName.get(task.containerName) === task) {
      this.tasksByContainerName.delete(task.containerName);
    }
  }

  addTemplate(entry: TemplateEntry): void {
    this.templates.set(entry.id, entry);
    this.templatesByPath.set(entry.path, entry);
  }

  removeTemplate(entry: TemplateEntry): void {
    this.templates.delete(entry.id);
    this.templatesByPath.delete(entry.path);
  }

  moveTemplate(entry: TemplateEntry, path: string): void {
    this.templatesByPath.delete(entry.path);
    entry.path = path;
    this.templatesByPath.set(path, entry);
  }

  /** A service has a part in one shared load at most: the one that names most of it. */
  #joinLoad(service: Service): void {
    service.sharedLoad?.services.delete(service);
    service.sharedLoad = undefined;
    for (const shared of this.sharedLoads.values()) {
      const better = shared.prefix.length > (service.sharedLoad?.prefix.length ?? -1);
      if (better && service.name.startsWith(shared.prefix)) service.sharedLoad = shared;
    }
    service.sharedLoad?.services.add(service);
  }
}

function addTo<Value>(index: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}

function removeFrom<Value>(index: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
