import { Event, type Clock, type ResourceClients } from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';
import type { Clientset } from '@ecsm/ecsm-client';

import { Announcer, nameOfStandIn } from '../internal/announcer.js';
import { messageLine } from '../internal/message-line.js';

/** Options of {@link NodeWatch}. */
export interface NodeWatchOptions {
  readonly clientset: Clientset;
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds within which everything is looked at closely once. */
  readonly roundMs: () => number;
}

const wentAway = 'NodeNotReady'; // the words of Kubernetes
const cameBack = 'NodeReady';

/** The least time between two looks at the nodes: milliseconds. */
const shortestPauseMs = 10_000;

/**
 * Tells when nodes go away and come back.
 *
 * The nodes are looked at once in each round of closer looks, since a platform that moves what ran on a lost node leaves
 * no trace in its lists; and sooner after a start, when something is wrong with a service, and while a node is away.
 */
export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #announcer: Announcer;
  readonly #stopping = new AbortController();
  /** Nodes that are away, with the monotonic time since when; `undefined` before the first look. */
  #away: ReadonlyMap<string, number> | undefined;
  /** Whether something has happened that a node may be the reason of. */
  #suspects = true;
  #lookedMs = -Infinity;
  /** Looks in a row that failed. */
  #failures = 0;
  #looking: Promise<void> | undefined;

  constructor(options: NodeWatchOptions) {
    this.#options = options;
    this.#announcer = new Announcer(options);
  }

  /**
   * A service's status has changed.
   *
   * @param isWorse - whether something is wrong; while a node is away, one that recovers tells of nodes as well
   */
  statusChanged(isWorse: boolean): void {
    this.#suspects ||= isWorse || (this.#away?.size ?? 0) > 0;
  }

  /** The platform has just answered. */
  polled(): void {
    if (this.#looking !== undefined || this.#options.clock.monotonicNow() < this.#dueMs) return;
    this.#looking = this.#look().finally(() => (this.#looking = undefined));
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    await this.#announcer[Symbol.asyncDispose]();
  }

  /** When to look next, on the monotonic clock. */
  get #dueMs(): number {
    const awaySinceMs = Math.max(...(this.#away?.values() ?? []));
    const pauseMs = this.#suspects ? shortestPauseMs * 2 ** this.#failures : (this.#lookedMs - awaySinceMs) / 4;
    return this.#lookedMs + Math.max(shortestPauseMs, Math.min(pauseMs, this.#options.roundMs()));
  }

  async #look(): Promise<void> {
    this.#lookedMs = this.#options.clock.monotonicNow();
    this.#suspects = false;
    try {
      this.#away ??= await this.#recall();
      this.#away = await this.#compare(this.#away);
      this.#failures = 0;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#suspects = true;
      // That it fails again is no news.
      const level = this.#failures++ === 0 ? 'warn' : 'debug';
      this.#options.log[level]({ error: messageLine(error) }, 'cannot look whether a node is away');
    }
  }

  /** The nodes that were away by what an operator has told last, perhaps the one before. */
  async #recall(): Promise<ReadonlyMap<string, number>> {
    const { items } = await this.#options.clients
      .resource(Event)
      .list({ fieldSelector: 'involvedObject.kind=Node', signal: this.#stopping.signal });
    const told = items.toSorted((a, b) => (a.lastTimestamp < b.lastTimestamp ? -1 : 1));
    const away = new Map<string, number>();
    for (const { reason, involvedObject } of told) {
      const name = nameOfStandIn(involvedObject.uid ?? '');
      if (reason === wentAway) away.set(name, this.#lookedMs);
      if (reason === cameBack) away.delete(name);
    }
    return away;
  }

  /** Tells how the nodes differ from what was known; returns those that are away. */
  async #compare(before: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const { signal } = this.#stopping;
    const away = new Map<string, number>();
    for await (const { name, address, status } of this.#options.clientset.nodes.all({ basicInfo: true }, { signal })) {
      const isAway = status !== 'online';
      if (isAway) away.set(name, before.get(name) ?? this.#lookedMs);
      if (isAway === before.has(name)) continue;
      if (isAway) this.#tell(name, 'Warning', wentAway, `node ${name} (${address}) is ${status}`);
      else this.#tell(name, 'Normal', cameBack, `node ${name} (${address}) is online again`);
    }
    return away;
  }

  #tell(name: string, type: Event['type'], reason: string, message: string): void {
    this.#announcer.tell('Node', name, type, reason, message);
    this.#options.log[type === 'Warning' ? 'warn' : 'info']({ reason }, message);
  }
}
