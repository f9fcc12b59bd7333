import type { ApiObject } from '../api-object.js';

/** Whether an event is business as usual or worth a look. */
export const eventTypes = ['Normal', 'Warning'] as const;

/** Which object an event is about. */
export interface InvolvedObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly fieldPath?: string;
}

/** Something that happened to an object, for people; kept for an hour. */
export interface Event extends ApiObject {
  readonly involvedObject: InvolvedObject;
  /** CamelCase word that programs may rely on. */
  readonly reason: string;
  readonly message: string;
  readonly type: (typeof eventTypes)[number];
  /**
   * How often it happened between the two timestamps.
   *
   * @asType integer
   * @minimum 1
   */
  readonly count: number;
  /** RFC 3339, UTC. */
  readonly firstTimestamp: string;
  /** RFC 3339, UTC. */
  readonly lastTimestamp: string;
  /** Which program saw it. */
  readonly source?: { readonly component?: string };
}
