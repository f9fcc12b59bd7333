import { formatKey, showBriefly, type ObjectKey } from '@ecsm/api-types';

/** Why a key was asked for. */
export interface Cause {
  /** The source: the kind's name for `for`, `owns` and `watches`, the trigger's name for `trigger`. */
  readonly source: string;
  /** What happened there; `resync` is a change found by comparing, `retry` and `requeue` come from earlier runs. */
  readonly type: 'added' | 'modified' | 'deleted' | 'resync' | 'trigger' | 'retry' | 'requeue';
  /** The object it happened to, where that is not the key itself. */
  readonly object?: ObjectKey;
  readonly resourceVersion?: string;
  /** Free words of a trigger. */
  readonly reason?: string;
}

/** A cause in a few words, for logs. */
export function formatCause({ source, type, object, reason }: Cause): string {
  const words = [source, type, ...(object === undefined ? [] : [formatKey(object)])].join(' ');
  return reason === undefined ? words : `${words}: ${reason}`;
}

/** A key asked for by a mapper or a trigger, with wishes. A plain {@link ObjectKey} will do where there are none. */
export interface Trigger {
  readonly key: ObjectKey;
  /** Higher runs first; a 32-bit integer. @defaultValue `0` */
  readonly priority?: number;
  /** Not before this many milliseconds from now. @defaultValue `0` */
  readonly afterMs?: number;
  /** Shown among the run's causes. */
  readonly reason?: string;
}

/**
 * A key or trigger as a trigger.
 *
 * @throws TypeError for what is neither; plain JavaScript can hand over anything
 */
export function asTrigger(value: ObjectKey | Trigger): Trigger {
  const given: unknown = value;
  if (typeof given === 'object' && given !== null) {
    const trigger = 'key' in value ? value : { key: value };
    const { name } = Object(trigger.key) as { readonly name?: unknown };
    if (typeof name === 'string' && name !== '') return trigger;
  }
  throw new TypeError(
    `a key must be an object such as { namespace: 'default', name: 'web' }, got ${showBriefly(given)}`,
  );
}

/** The priority of objects that merely exist at the start and of changes found by comparing: live changes go first. */
export const lowPriority = -100; // same as controller-runtime's
