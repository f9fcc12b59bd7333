import { checkOptions, formatKey, must, showBriefly, type ObjectKey, type OptionRules } from '@ecsm/api-types';

/** Why a key was asked for. */
export interface Cause {
  /**
   * The source: the kind's name for `for`, `owns` and `watches`, the trigger's name for `trigger`, `program` for
   * `controller.trigger`, the controller's own name for `retry` and `requeue`.
   */
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

const rules: OptionRules<Omit<Trigger, 'key'>> = {
  priority: must.beInt32,
  afterMs: must.beNumber,
  reason: must.beString,
};

/** Of values alone: an event with a key, and more that says nothing here, is a trigger too. */
function checkWishes({ key, priority = 0, afterMs = 0, reason = '' }: Trigger): void {
  checkOptions(`the trigger of "${formatKey(key)}"`, { priority, afterMs, reason }, rules);
}

/**
 * A key or trigger as a trigger.
 *
 * @throws TypeError for what is neither, or has a reason that is no text; plain JavaScript can hand over anything
 * @throws RangeError for a priority or delay that makes no sense
 */
export function asTrigger(value: ObjectKey | Trigger): Trigger {
  const given: unknown = value;
  if (typeof given === 'object' && given !== null) {
    const hasWishes = 'key' in value;
    const trigger = hasWishes ? value : { key: value };
    const { name } = Object(trigger.key) as { readonly name?: unknown };
    if (typeof name === 'string' && name !== '') {
      if (hasWishes) checkWishes(trigger);
      return trigger;
    }
  }
  throw new TypeError(
    `a key must be an object such as { namespace: 'default', name: 'web' }, got ${showBriefly(given)}`,
  );
}

/** The priority of objects that merely exist at the start and of changes found by comparing: live changes go first. */
export const lowPriority = -100; // same as controller-runtime's
