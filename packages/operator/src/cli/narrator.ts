import { formatKey, type ObjectKey } from '@ecsm/api-types';
import type { Action } from '@ecsm/planner';

/** Tells people what happens, a line at a time. */
export class Narrator {
  readonly #write: (text: string) => unknown;

  constructor(write: (text: string) => unknown) {
    this.#write = write;
  }

  /** A line of its own, without a time. */
  say(line = ''): void {
    this.#write(`${line}\n`);
  }

  /** Something that happened. */
  tell(who: 'manifest' | 'operator' | 'platform', what: string): void {
    const time = new Date().toTimeString().slice(0, 8);
    this.say(`${time}  ${who.padEnd(8)}  ${what}`);
  }

  /** Something the operator has just done. */
  action(key: ObjectKey, action: Action): void {
    this.tell('operator', `${formatKey(key)}: ${verbs[action.type]} ${action.reason}`);
  }
}

const verbs = { create: '+', update: '~', destroy: '-', act: '!' } as const satisfies Record<Action['type'], string>;
