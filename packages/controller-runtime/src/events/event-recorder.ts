import { createHash } from 'node:crypto';

import {
  apiVersionOf,
  Event,
  isAlreadyExistsError,
  isInvalidError,
  maxSubdomainLength,
  messageOf,
  type ApiObject,
  type Clock,
  type ResourceClients,
  type Stored,
  type Timer,
} from '@ecsm/api-types';

import type { Logger } from '../logger.js';

/** Options of {@link EventRecorder}. */
export interface EventRecorderOptions {
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes secrets out of messages before they are stored. */
  readonly redact?: ((message: string) => string) | undefined;
}

/** One event, repeated or not. */
interface Series {
  readonly name: string;
  /** A reference: the object itself would be held long after it has changed. */
  readonly involved: Event['involvedObject'];
  readonly type: Event['type'];
  readonly reason: string;
  readonly component: string;
  readonly firstAt: number;
  message: string;
  lastAt: number;
  /** How often it happened since it was last written. */
  unwritten: number;
  /** When it was last written or tried, on the monotonic clock. */
  writtenAt: number;
  writing: boolean;
}

/** The least time between two writes of one event. */
export const eventWriteIntervalMs = 60_000;
/** How many different events are counted at a time; beyond it the longest silent one is forgotten. */
const maxSeries = 1000;
/** The longest message stored; as in Kubernetes. */
const maxMessageLength = 1024;

/**
 * Writes events of objects, for people.
 *
 * An event is written when it happens first; while it repeats it is counted in memory and written at most once a minute.
 * The same event is one of the same object, type and reason; the latest message stands. Recording never fails and never
 * waits: what cannot be written is counted on and tried again with the next minute, except what is no valid event.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #writes = new Set<Promise<void>>();
  #timer: Timer | undefined;
  /** When the timer wakes it, on the monotonic clock. */
  #wakeAtMs = 0;
  #closed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /**
   * Records that something happened to an object.
   *
   * @param reason - CamelCase word that programs may rely on
   * @param component - who saw it
   */
  record(object: Stored<ApiObject>, type: Event['type'], reason: string, message: string, component: string): void {
    if (this.#closed) return;
    const { clock, redact = (text: string): string => text } = this.#options;
    const id = [object.metadata.uid, type, reason, component].join(' ');
    const now = clock.now();
    // Plain JavaScript hands over the error itself.
    const said: unknown = message;
    const text = redact(typeof said === 'string' ? said : messageOf(said)).slice(0, maxMessageLength);
    let series = this.#series.get(id);
    if (series === undefined) {
      series = {
        name: eventName(object, id),
        involved: referenceTo(object),
        type,
        reason,
        component,
        firstAt: now,
        message: text,
        lastAt: now,
        unwritten: 0,
        writtenAt: -Infinity,
        writing: false,
      };
      this.#makeRoom();
    }
    // Anew at the end: the map is in the order in which the series were last recorded.
    this.#series.delete(id);
    this.#series.set(id, series);
    series.message = text;
    series.lastAt = now;
    series.unwritten++;
    this.#writeIfDue(series);
  }

  /** Writes what is still counted and takes no more. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#timer?.cancel();
      await Promise.allSettled(this.#writes);
      for (const series of this.#series.values()) if (series.unwritten > 0) this.#begin(series);
    }
    await Promise.allSettled(this.#writes);
    this.#series.clear();
  }

  #makeRoom(): void {
    if (this.#series.size < maxSeries) return;
    for (const [id, series] of this.#series) {
      this.#series.delete(id);
      if (series.unwritten > 0) this.#begin(series);
      return;
    }
  }

  #writeIfDue(series: Series): void {
    if (series.writing) return;
    const waitMs = series.writtenAt + eventWriteIntervalMs - this.#options.clock.monotonicNow();
    if (waitMs <= 0) this.#begin(series);
    else this.#wakeIn(waitMs);
  }

  #wakeIn(delayMs: number): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    const atMs = clock.monotonicNow() + delayMs;
    if (this.#timer !== undefined && this.#wakeAtMs <= atMs) return;
    this.#timer?.cancel();
    this.#wakeAtMs = atMs;
    this.#timer = clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#sweep();
      },
      delayMs,
      { keepAlive: false },
    );
  }

  /** Writes what is due, and forgets what was written a minute ago and did not happen again: its next write is due at once. */
  #sweep(): void {
    const now = this.#options.clock.monotonicNow();
    let restMs = 0;
    for (const [id, series] of this.#series) {
      const waitMs = series.writtenAt + eventWriteIntervalMs - now;
      if (series.unwritten > 0) this.#writeIfDue(series);
      else if (series.writing) continue;
      else if (waitMs <= 0) this.#series.delete(id);
      else restMs = Math.max(restMs, waitMs);
    }
    if (restMs > 0) this.#wakeIn(restMs);
  }

  #begin(series: Series): void {
    const write = this.#write(series).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  async #write(series: Series): Promise<void> {
    const { clock, log } = this.#options;
    const happened = series.unwritten;
    series.unwritten = 0;
    series.writing = true;
    series.writtenAt = clock.monotonicNow();
    try {
      await this.#store(series, happened);
    } catch (error) {
      if (isInvalidError(error)) {
        log.warn({ err: error, reason: series.reason }, 'an event cannot be stored as it is and is left out');
        return;
      }
      series.unwritten += happened;
      log.debug({ err: error, reason: series.reason }, 'an event could not be written and is tried again in a minute');
    } finally {
      series.writing = false;
      // To be written again if it happens again, else to be forgotten.
      this.#wakeIn(eventWriteIntervalMs);
    }
  }

  async #store(series: Series, happened: number): Promise<void> {
    const events = this.#options.clients.resource(Event);
    const { involved, name } = series;
    const { namespace = 'default' } = involved;
    const lastTimestamp = new Date(series.lastAt).toISOString();
    try {
      await events.create({
        apiVersion: apiVersionOf(Event),
        kind: Event.kind,
        metadata: { namespace, name },
        involvedObject: involved,
        reason: series.reason,
        message: series.message,
        type: series.type,
        count: happened,
        firstTimestamp: new Date(series.firstAt).toISOString(),
        lastTimestamp,
        source: { component: series.component },
      });
    } catch (error) {
      if (!isAlreadyExistsError(error)) throw error;
      // Written before, perhaps by an earlier process: count on.
      const before = await events.get({ namespace, name });
      await events.update({ ...before, message: series.message, count: before.count + happened, lastTimestamp });
    }
  }
}

function referenceTo({ apiVersion, kind, metadata }: Stored<ApiObject>): Event['involvedObject'] {
  const { namespace, name, uid } = metadata;
  return { apiVersion, kind, name, uid, ...(namespace === undefined ? {} : { namespace }) };
}

/** The same name for the same event, also in the next process, so that its count goes on. */
function eventName(object: Stored<ApiObject>, id: string): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${object.metadata.name.slice(0, maxSubdomainLength - 17).replace(/[^a-z0-9]+$/, '')}.${hash}`;
}
