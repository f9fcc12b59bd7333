import type { NodeCapacity, NodeInstance } from './node-capacity.js';
import type { InstanceNeed, Resources } from './resources.js';

/** What an instance may lack on a node. */
export const lacks = ['node', 'memory', 'disk', 'port'] as const;
/** One of {@link lacks}. */
export type Lack = (typeof lacks)[number];

/** Share of a node's memory that others may come to use between a decision and its effect. */
const marginShare = 0.03;

/**
 * The room left on a node while grants are worked out.
 *
 * Memory must be free twice: by declaration, so that all may use their limits, and by measurement, because the node also
 * holds what nobody declared.
 */
export class NodeRoom {
  readonly #node: NodeCapacity;
  #memory: number;
  #unusedMemory: number;
  #disk: number;
  /** How many instances hold each port. */
  readonly #ports = new Map<number, number>();

  /** @param like - the room to start from; without it, what the node has left */
  constructor(node: NodeCapacity, like?: NodeRoom) {
    this.#node = node;
    this.#memory = like?.free.memory ?? node.total.memory;
    this.#disk = like?.free.disk ?? node.total.disk - node.otherDisk[0];
    this.#unusedMemory = like === undefined ? node.unusedMemory : like.#unusedMemory;
    if (like !== undefined) {
      for (const [port, count] of like.#ports) this.#ports.set(port, count);
      return;
    }
    for (const { counts } of node.instances) {
      this.#memory -= counts.memory;
      this.#disk -= counts.disk;
    }
  }

  /** The same room once more, to try something out in. */
  copy(): NodeRoom {
    return new NodeRoom(this.#node, this);
  }

  get name(): string {
    return this.#node.name;
  }

  get online(): boolean {
    return this.#node.online;
  }

  /** Free by declaration; negative where more was promised than there is. */
  get free(): Resources {
    return { memory: this.#memory, disk: this.#disk };
  }

  /** Share of the memory that is promised, for choosing the emptiest node. */
  get fullness(): number {
    const { memory } = this.#node.total;
    return Number.isFinite(memory) ? 1 - this.#memory / memory : 0;
  }

  /** What an instance lacks here; `undefined` when it fits. */
  lack({ memory, disk, port }: InstanceNeed): Lack | undefined {
    if (!this.online) return 'node';
    if (memory > 0 && memory > Math.min(this.#memory, this.#unusedMemory)) return 'memory';
    if (disk > 0 && disk > this.#disk) return 'disk';
    if (port !== undefined && (this.#ports.get(port) ?? 0) > 0) return 'port';
    return undefined;
  }

  fits(need: InstanceNeed): boolean {
    return this.lack(need) === undefined;
  }

  /**
   * Whether an instance fits beyond doubt: others are asked to go only for that. What is measured leaves a little to spare,
   * and disk is counted as if everything undeclared were there to stay.
   */
  surelyFits(need: InstanceNeed): boolean {
    const { total, otherDisk } = this.#node;
    const margin = Number.isFinite(total.memory) ? total.memory * marginShare : 0;
    const doubtful = otherDisk[1] - otherDisk[0];
    return (
      this.fits(need) &&
      (need.memory === 0 || need.memory + margin <= this.#unusedMemory) &&
      (need.disk === 0 || need.disk + doubtful <= this.#disk)
    );
  }

  /** Sets room aside for an instance, whether or not it is there yet. */
  take({ memory, disk, port }: InstanceNeed): void {
    this.#memory -= memory;
    this.#unusedMemory -= memory;
    this.#disk -= disk;
    this.takePort(port);
  }

  /** Counts the port of an instance that is there. */
  takePort(port: number | undefined): void {
    if (port !== undefined) this.#ports.set(port, (this.#ports.get(port) ?? 0) + 1);
  }

  /** Counts an instance as gone. */
  release({ counts, usedMemory }: NodeInstance, port: number | undefined): void {
    this.#memory += counts.memory;
    this.#unusedMemory += usedMemory;
    this.#disk += counts.disk;
    if (port !== undefined) this.#ports.set(port, (this.#ports.get(port) ?? 0) - 1);
  }
}
