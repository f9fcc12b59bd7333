import type { AttemptEvent } from '@ecsm/ecsm-client';

import type { LinkSpent } from './link-budget.js';

const none: LinkSpent = { requests: 0, bytes: 0 };
/** What a closer look takes, until the first has told: bytes. */
const usualDetailBytes = 3000;

/** What looks at the platform cost on the link. */
export class LinkCosts {
  #look = none;
  #detailBytes = usualDetailBytes;

  /** What the last closer look at one service took. */
  get detailBytes(): number {
    return this.#detailBytes;
  }

  /** Counts a request that is over, with what it took in bytes. */
  attempted({ method, url, httpStatus }: AttemptEvent, bytes: number): void {
    if (method !== 'GET') return;
    if (/\/service\?(?!.*\bname=)/.test(url)) {
      this.#look = { requests: this.#look.requests + 1, bytes: this.#look.bytes + bytes };
    } else if (httpStatus === 200 && /\/service\/[^/?]+$/.test(url)) this.#detailBytes = bytes;
  }

  /** What reading the whole list has cost since this was last asked. */
  takeLook(): LinkSpent {
    const look = this.#look;
    this.#look = none;
    return look;
  }
}
