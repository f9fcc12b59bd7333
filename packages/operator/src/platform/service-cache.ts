import { isDeepStrictEqual } from 'node:util';

import type { ServiceDetail, ServiceRow } from '@ecsm/ecsm-client';
import {
  observeDetail,
  observeRow,
  ownerMarkOf,
  parseOwnerMark,
  parsePlatformServiceName,
  serviceStem,
  type ObservedService,
} from '@ecsm/planner';

/** A platform service as it was last seen. */
interface Entry {
  service: ObservedService;
  /** When the request that told of it began; news from earlier requests is stale. */
  asOfMs: number;
  /** When its detail was last read. */
  detailReadMs: number | undefined;
  /** The platform's own stamp of the last change; `undefined` when the next one is our doing. */
  updatedTime: string | undefined;
  /** When it was told to go. */
  leavingSinceMs: number | undefined;
}

/** Hashes of the objects a service may belong to: the one in its name, and its mark's, where somebody has renamed it. */
export function stemsOf({ name, mark }: Pick<ObservedService, 'name' | 'mark'>): readonly string[] {
  const named = parsePlatformServiceName(name)?.s8;
  const owner = parseOwnerMark(mark ?? '');
  const marked = owner === undefined ? undefined : serviceStem(owner).s8;
  return [...new Set([named, marked])].filter((stem) => stem !== undefined);
}

/** How long a service that was told to go may stay before it is told again: milliseconds. */
const leavingMs = 60_000;

/** Fields whose change is news to whoever owns the service. */
const newsFields = [
  'name',
  'deploying',
  'policy',
  'factor',
  'nodes',
  'image',
  'containerStatuses',
  'online',
  'failures',
  'unhealthy',
  'leaving',
  'ending',
] as const satisfies readonly (keyof ObservedService)[];

function saysNothingNew(before: ObservedService, now: ObservedService): boolean {
  return newsFields.every((field) => isDeepStrictEqual(before[field], now[field]));
}

/**
 * What is known of the platform's services, found by id and by the hash of the object that their names or marks tell.
 *
 * Rows rather than details are kept: 1,000 services take well under a megabyte.
 */
export class ServiceCache {
  /** In the order in which their details were read, those never read first. */
  readonly #entries = new Map<string, Entry>();
  readonly #idsByStem = new Map<string, readonly string[]>();
  /** Lists of nodes repeat from service to service; one copy of each is enough. */
  readonly #nodeLists = new Map<string, readonly string[]>();
  readonly #onDoubt: (id: string) => void;
  /** Services whose marks nobody has read since the start. */
  readonly #presumed = new Set<string>();

  /**
   * @param onDoubt - told when something else than the list has said something of a service, so that the next list may
   * say otherwise although it says what it said before
   */
  constructor(onDoubt: (id: string) => void = () => undefined) {
    this.#onDoubt = onDoubt;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether there are any that were not told to go. */
  get hasStaying(): boolean {
    for (const { service } of this.#entries.values()) if (service.leaving !== true) return true;
    return false;
  }

  /** All of them in the order in which their details were read, those never read first. */
  *byDetailAge(): Iterable<ObservedService> {
    for (const { service } of this.#entries.values()) yield service;
  }

  get(id: string): ObservedService | undefined {
    return this.#entries.get(id)?.service;
  }

  /** Services whose names or marks carry the hash of an object, and those with the ids. */
  find(stem: string, ids: readonly (string | undefined)[] = []): readonly ObservedService[] {
    const found = new Set(this.#idsByStem.get(stem));
    for (const id of ids) if (id !== undefined && this.#entries.has(id)) found.add(id);
    return [...found].flatMap((id) => this.get(id) ?? []);
  }

  /** Services whose names contain the hash of an object, or are equal to a text. */
  containing(text: string): readonly ObservedService[] {
    const stem = parsePlatformServiceName(text)?.s8 ?? text;
    return this.find(stem).filter(({ name }) => name.includes(text));
  }

  /** Takes a row in; tells whether it says anything new, or that somebody else has changed the service. */
  takeRow(row: ServiceRow, asOfMs: number, observedMs: number): 'same' | 'changed' | 'touched' {
    const before = this.#entries.get(row.id);
    if (before !== undefined && before.asOfMs > asOfMs) return 'same';
    const seen = observeRow(row);
    const old = before?.service;
    const leavingSinceMs =
      before?.leavingSinceMs !== undefined && asOfMs - before.leavingSinceMs < leavingMs
        ? before.leavingSinceMs
        : undefined;
    const service = keptOf({
      ...seen,
      id: old?.id ?? seen.id,
      nodes: this.#shared(seen.nodes),
      onlineSince: onlineSince(old, seen.online, observedMs),
      mark: old?.mark,
      unhealthy: old?.unhealthy,
      leaving: leavingSinceMs === undefined ? undefined : true,
    });
    const { updatedTime } = row;
    const touched = before?.updatedTime !== undefined && before.updatedTime !== updatedTime;
    const same = old !== undefined && saysNothingNew(old, service);
    // What says nothing new is let go at once: kept, each look at rest would leave a whole copy for the collector.
    const kept = same ? old : service;
    this.#put(kept, { asOfMs, detailReadMs: before?.detailReadMs, updatedTime, leavingSinceMs });
    if (touched) return 'touched';
    return same ? 'same' : 'changed';
  }

  /** Takes a detail in and returns the service with it; the detail itself is not kept. */
  takeDetail(detail: ServiceDetail, asOfMs: number, observedMs: number): ObservedService {
    const before = this.#entries.get(detail.id);
    const old = before?.service;
    const seen = observeDetail(detail);
    const service = keptOf({
      ...seen,
      id: old?.id ?? seen.id,
      // The detail does not tell failures: those of the last row stand.
      failures: old?.failures ?? [],
      nodes: this.#shared(seen.nodes),
      onlineSince: onlineSince(old, seen.online, observedMs),
      // Read once: a mark that somebody takes away later does not make the service a stranger.
      mark: (this.isPresumed(detail.id) ? undefined : old?.mark) ?? ownerMarkOf(detail.image.config) ?? null,
      leaving: old?.leaving,
    });
    const { leavingSinceMs } = before ?? { leavingSinceMs: undefined };
    this.#presumed.delete(detail.id);
    if (old === undefined || !saysNothingNew(old, service)) this.#onDoubt(service.id);
    if (before !== undefined) this.#moveToEnd(service.id, before);
    this.#put(service, { asOfMs, detailReadMs: asOfMs, updatedTime: detail.updatedTime, leavingSinceMs });
    return { ...service, detail };
  }

  /** Takes a service, found by its name, to carry a mark that an earlier operator has seen, until its detail is read. */
  presume(id: string, mark: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.service.mark !== undefined) return;
    if (stemsOf({ name: entry.service.name, mark }).join() !== stemsOf(entry.service).join()) return;
    entry.service = keptOf({ ...entry.service, mark });
    this.#presumed.add(id);
  }

  /** Whether it is only presumed whose mark a service carries. */
  isPresumed(id: string): boolean {
    return this.#presumed.has(id);
  }

  /** A detail that was read says what it said the last time. */
  keepDetail(id: string, asOfMs: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.detailReadMs = asOfMs;
    this.#moveToEnd(id, entry);
  }

  /** When the detail of a service was last read. */
  detailReadMs(id: string): number | undefined {
    return this.#entries.get(id)?.detailReadMs;
  }

  /** Takes in what we have just written ourselves. */
  takeWrite(service: ObservedService, asOfMs: number): void {
    const before = this.#entries.get(service.id);
    const { detailReadMs, leavingSinceMs } = before ?? { detailReadMs: undefined, leavingSinceMs: undefined };
    this.#onDoubt(service.id);
    this.#put(keptOf(service), { asOfMs, detailReadMs, updatedTime: undefined, leavingSinceMs });
  }

  /** Marks a service as told to go. */
  takeLeaving(id: string, asOfMs: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#onDoubt(id);
    entry.service = keptOf({ ...entry.service, leaving: true });
    entry.leavingSinceMs = asOfMs;
    entry.asOfMs = asOfMs;
    entry.updatedTime = undefined;
  }

  /** Forgets a service that is gone. */
  forget(id: string): void {
    if (this.#remove(id) !== undefined) this.#onDoubt(id);
  }

  /** Forgets every service that a complete list begun at `asOfMs` did not show; returns them. */
  forgetMissing(shown: ReadonlySet<string>, asOfMs: number): readonly ObservedService[] {
    const gone: ObservedService[] = [];
    // Lists that nobody has any longer do not pile up.
    if (this.#nodeLists.size > this.#entries.size) this.#nodeLists.clear();
    for (const [id, entry] of this.#entries) {
      if (shown.has(id) || entry.asOfMs > asOfMs) continue;
      const service = this.#remove(id);
      if (service !== undefined) gone.push(service);
    }
    return gone;
  }

  #remove(id: string): ObservedService | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    this.#presumed.delete(id);
    for (const stem of stemsOf(entry.service)) {
      const others = this.#idsByStem.get(stem)?.filter((other) => other !== id) ?? [];
      if (others.length === 0) this.#idsByStem.delete(stem);
      else this.#idsByStem.set(stem, others);
    }
    return entry.service;
  }

  #put(service: ObservedService, times: Omit<Entry, 'service'>): void {
    const old = this.#entries.get(service.id);
    if (old !== undefined && old.service.name === service.name && old.service.mark === service.mark) {
      Object.assign(old, { service, ...times });
      return;
    }
    this.#remove(service.id);
    this.#entries.set(service.id, { service, ...times });
    for (const stem of stemsOf(service)) {
      this.#idsByStem.set(stem, (this.#idsByStem.get(stem) ?? []).concat(service.id));
    }
  }

  /** Its detail was read last of all. */
  #moveToEnd(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }

  #shared(nodes: readonly string[]): readonly string[] {
    const key = nodes.join('\n');
    const known = this.#nodeLists.get(key);
    if (known !== undefined) return known;
    this.#nodeLists.set(key, nodes);
    return nodes;
  }
}

/**
 * A service without what was read of it for one look only.
 *
 * Every field is written out: an object that is put together from parts gets a description of its own from V8, which
 * takes as much memory as the service.
 */
function keptOf(service: ObservedService) {
  return {
    id: service.id,
    name: service.name,
    deploying: service.deploying,
    policy: service.policy,
    factor: service.factor,
    nodes: service.nodes,
    image: service.image,
    createdTime: service.createdTime,
    containerStatuses: service.containerStatuses,
    online: service.online,
    failures: service.failures,
    unhealthy: service.unhealthy,
    onlineSince: service.onlineSince,
    ending: service.ending,
    mark: service.mark,
    leaving: service.leaving,
  } satisfies Record<Exclude<keyof ObservedService, 'detail' | 'containers'>, unknown>;
}

/** Since when at least one, two, three … instances have been online. */
function onlineSince(before: ObservedService | undefined, online: number, observedMs: number): readonly number[] {
  const known = before?.onlineSince ?? [];
  if (known.length === online) return known;
  if (known.length > online) return known.slice(0, online);
  // Not spread: an array that has grown keeps room for 16 more.
  return known.concat(Array.from({ length: online - known.length }, () => observedMs));
}
