import type { ContainerRow, ServicePolicy } from '@ecsm/ecsm-client';

import { expectCreated, expectUpdated, type Action, type NodeCapacity, type ObservedService } from '../../src/index.js';
import { mark } from '../helpers.js';

/** An instance: what becomes of it next follows from its phase. */
export interface ModelInstance {
  readonly id: string;
  readonly node: string;
  phase: 'created' | 'starting' | 'running' | 'exited' | 'failed' | 'ending';
}

/** A platform service of the model. */
export interface ModelService {
  readonly id: string;
  readonly born: number;
  name: string;
  policy: ServicePolicy;
  factor: number;
  nodes: readonly string[];
  instances: ModelInstance[];
  deleting: boolean;
}

const image = 'web@1.0.0#sylixos';
/** The most instances a node has room for. */
const roomPerNode = 40;

/**
 * A platform in the small: it does what the plans tell it and what the simulator does in the same place, but without time, wire or
 * faults of its own. A look shows it as it is; what is known between two looks is what the last one and our own writes told.
 */
export class ModelPlatform {
  readonly services = new Map<string, ModelService>();
  readonly away = new Set<string>();
  #count = 0;
  #known = new Map<string, ObservedService>();

  constructor(readonly nodes: readonly string[]) {}

  /** What is known of the services. */
  get known(): readonly ObservedService[] {
    return [...this.#known.values()];
  }

  get instances(): readonly ModelInstance[] {
    return [...this.services.values()].flatMap(({ instances }) => instances);
  }

  isRunning({ phase, node }: ModelInstance): boolean {
    return phase === 'running' && !this.away.has(node);
  }

  /** Looks at everything. */
  look(observedMs: number): void {
    const before = this.#known;
    this.#known = new Map([...this.services].map(([id]) => [id, this.#seen(id, before.get(id), observedMs)] as const));
  }

  /** The containers of a service. */
  containersOf(id: string): readonly ContainerRow[] {
    const { instances = [], name = '' } = this.services.get(id) ?? {};
    return instances.map((each) => ({
      id: each.id,
      taskId: each.id,
      name: each.id,
      status: this.#word(each),
      serviceId: id,
      serviceName: name,
      nodeId: each.node,
      nodeName: each.node,
    }));
  }

  /** What nodes have and hold. */
  capacities(unit: number): ReadonlyMap<string, NodeCapacity> {
    return new Map(
      this.nodes.map((name) => [
        name,
        {
          name,
          online: !this.away.has(name),
          total: { memory: roomPerNode * unit, disk: Infinity },
          unusedMemory: Infinity,
          otherDisk: [0, 0],
          instances: [...this.services.values()].flatMap(({ id, name: serviceName, instances }) =>
            instances
              .filter(({ node, phase }) => node === name && phase !== 'failed')
              .map(() => ({ serviceId: id, serviceName, counts: { memory: unit, disk: 0 }, usedMemory: unit })),
          ),
        },
      ]),
    );
  }

  /** Carries an action out, and takes note of it as the operator does. */
  execute(action: Action, observedMs: number): void {
    if (action.type === 'create') this.#create(action);
    else {
      const service = this.services.get(action.id);
      if (service === undefined || service.deleting) return;
      if (action.type === 'destroy') this.#destroy(service);
      else if (action.type === 'update') this.#update(service, action, observedMs);
      else for (const each of service.instances) if (each.phase === 'exited') each.phase = 'starting';
    }
  }

  /** What is under way comes one step further. */
  tick(): void {
    for (const service of this.services.values()) {
      for (const each of [...service.instances]) {
        if (this.away.has(each.node)) continue;
        if (each.phase === 'ending') service.instances.splice(service.instances.indexOf(each), 1);
        else if (each.phase === 'created') each.phase = 'starting';
        else if (each.phase === 'starting' || each.phase === 'exited') each.phase = 'running';
      }
      if (service.deleting && service.instances.length === 0) this.services.delete(service.id);
    }
  }

  takeAway(node: string): void {
    this.away.add(node);
    for (const service of this.services.values()) {
      for (const each of [...service.instances]) {
        if (each.node === node && (service.deleting || each.phase === 'ending')) this.#drop(service, each);
      }
      this.#converge(service);
    }
  }

  bringBack(node: string): void {
    this.away.delete(node);
    for (const each of this.instances) if (each.node === node) each.phase = 'starting';
  }

  #create({ name, nodes, factor }: Extract<Action, { type: 'create' }>): void {
    const born = this.#count++;
    const policy = factor === undefined ? ('static' as const) : ('dynamic' as const);
    const id = `s${born}`;
    const service = {
      id,
      born,
      name,
      policy,
      factor: factor ?? 0,
      nodes,
      instances: [],
      deleting: false,
    };
    this.services.set(id, service);
    this.#converge(service);
    const written = { id, name, policy, nodes, ...(factor === undefined ? {} : { factor }) };
    this.#known.set(id, expectCreated(written, { image, mark }));
  }

  #update(service: ModelService, action: Extract<Action, { type: 'update' }>, observedMs: number): void {
    const seen = this.#seen(service.id, this.#known.get(service.id), observedMs);
    service.name = action.rename ?? service.name;
    service.nodes = action.nodes ?? service.nodes;
    service.policy = action.policy ?? service.policy;
    if (service.policy === 'dynamic') service.factor = action.factor ?? seen.factor;
    for (const each of [...service.instances]) {
      if (each.phase === 'failed' && service.policy === 'dynamic') this.#drop(service, each);
      else if (each.phase === 'failed') each.phase = 'created';
      if (action.image !== 'keep' && each.phase === 'running') each.phase = 'created';
    }
    this.#converge(service);
    const { id, name, nodes, policy, factor } = service;
    this.#known.set(id, expectUpdated(seen, { id, name, nodes, policy, factor }, action.image !== 'keep'));
  }

  #destroy(service: ModelService): void {
    service.deleting = true;
    for (const each of [...service.instances]) this.#end(service, each);
    const known = this.#known.get(service.id);
    if (known !== undefined) this.#known.set(service.id, { ...known, leaving: true });
  }

  /** Brings the instances of a service in line with what it asks for. */
  #converge(service: ModelService): void {
    if (service.deleting) return;
    const staying = (): ModelInstance[] => service.instances.filter(({ phase }) => phase !== 'ending');
    for (const each of staying()) if (!service.nodes.includes(each.node)) this.#end(service, each);
    if (service.policy === 'static') {
      for (const node of service.nodes) {
        const [, ...more] = staying().filter((each) => each.node === node);
        for (const each of more) this.#end(service, each);
        if (!staying().some((each) => each.node === node)) this.#deploy(service, node);
      }
      return;
    }
    for (const each of this.#surplus(service, staying())) this.#end(service, each);
    for (const each of staying()) {
      if (!this.away.has(each.node)) continue;
      const node = this.#choose(service, true);
      if (node === undefined) continue;
      this.#drop(service, each);
      this.#deploy(service, node);
    }
    for (let missing = service.factor - staying().length; missing > 0; missing--) {
      this.#deploy(service, this.#choose(service, false) ?? '');
    }
  }

  /** Those beyond the size, those first that do not run, then those that crowd a node, then the youngest. */
  #surplus(service: ModelService, staying: ModelInstance[]): readonly ModelInstance[] {
    const gone: ModelInstance[] = [];
    const worth = (each: ModelInstance): number => {
      const crowd = staying.filter(({ node }) => node === each.node).length;
      return (each.phase === 'failed' ? 0 : each.phase === 'running' ? 200 : 100) - crowd;
    };
    while (staying.length > service.factor) {
      const least = staying.reduceRight((worst, each) => (worth(each) < worth(worst) ? each : worst));
      gone.push(...staying.splice(staying.indexOf(least), 1));
    }
    return gone;
  }

  #choose({ nodes, instances }: ModelService, onlyFitting: boolean): string | undefined {
    const count = (node: string): number => instances.filter((each) => each.node === node).length;
    const fits = (node: string): boolean => !this.away.has(node) && this.#isRoomOn(node);
    return nodes
      .filter((node) => !onlyFitting || fits(node))
      .toSorted((a, b) => Number(fits(b)) - Number(fits(a)) || count(a) - count(b))[0];
  }

  #isRoomOn(node: string): boolean {
    return this.instances.filter((each) => each.node === node && each.phase !== 'failed').length < roomPerNode;
  }

  #deploy(service: ModelService, node: string): void {
    const phase = this.away.has(node) || !this.#isRoomOn(node) ? 'failed' : 'created';
    service.instances.push({ id: `c${this.#count++}`, node, phase });
  }

  #end(service: ModelService, instance: ModelInstance): void {
    const ends = instance.phase === 'running' || instance.phase === 'starting';
    if (ends && !this.away.has(instance.node)) instance.phase = 'ending';
    else if (instance.phase !== 'ending') this.#drop(service, instance);
  }

  #drop(service: ModelService, instance: ModelInstance): void {
    service.instances.splice(service.instances.indexOf(instance), 1);
  }

  #word({ phase, node }: ModelInstance): string {
    if (this.away.has(node)) return 'exited';
    if (phase === 'running' || phase === 'ending') return 'running';
    return phase === 'created' || phase === 'starting' ? 'created' : 'exited';
  }

  #seen(id: string, before: ObservedService | undefined, observedMs: number): ObservedService {
    const service = this.services.get(id);
    if (service === undefined) throw new Error(`there is no service ${id}`);
    const { name, policy, nodes, instances, deleting, born } = service;
    const containerStatuses = instances.map((each) => this.#word(each));
    const online = containerStatuses.filter((word) => word === 'running').length;
    const since = before?.onlineSince ?? [];
    return {
      id,
      name,
      deploying: deleting || instances.some(({ phase }) => /created|starting|ending/.test(phase)),
      policy,
      factor: policy === 'static' ? nodes.length : service.factor,
      nodes,
      image,
      createdTime: String(born).padStart(4, '0'),
      containerStatuses,
      online,
      failures: instances
        .filter(({ phase, node }) => phase === 'failed' || this.away.has(node))
        .map(({ node }) => ({ nodeName: node, message: 'no room' })),
      onlineSince: [...since.slice(0, online), ...Array<number>(Math.max(0, online - since.length)).fill(observedMs)],
      mark,
      ...(before?.leaving === true ? { leaving: true } : {}),
    };
  }
}
