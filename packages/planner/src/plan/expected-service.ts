import type { ServicePolicy } from '@ecsm/ecsm-client';

import { sizeOf, type ObservedService } from './observed-service.js';

/** A platform service as it was just written. */
export interface WrittenService {
  readonly id: string;
  readonly name: string;
  readonly policy: ServicePolicy;
  readonly nodes: readonly string[];
  /** Instances of a Dynamic service. */
  readonly factor?: number;
}

function writtenSize({ policy, nodes, factor }: WrittenService): number {
  return policy === 'static' ? nodes.length : (factor ?? 1);
}

function created(count: number): readonly string[] {
  return Array<string>(Math.max(0, count)).fill('created');
}

/** What a service is taken for that was just created, until a look shows it. */
export function expectCreated(
  written: WrittenService,
  { image, mark }: Pick<ObservedService, 'image' | 'mark'>,
): ObservedService {
  const size = writtenSize(written);
  return {
    ...written,
    deploying: true,
    factor: size,
    image,
    // Younger than anything seen, until the platform says when.
    createdTime: '9999',
    containerStatuses: created(size),
    online: 0,
    failures: [],
    ...(mark === undefined ? {} : { mark }),
  };
}

/** Instances that stay for certain when a service is changed; where it loses nodes nobody knows which those are. */
function staying(seen: ObservedService, written: WrittenService): number {
  const kept = seen.nodes.filter((node) => written.nodes.includes(node)).length;
  if (seen.policy === 'static' && written.policy === 'static') return kept;
  const isSpared = kept === seen.nodes.length && written.policy === 'dynamic';
  return isSpared ? Math.min(sizeOf(seen), writtenSize(written)) : 0;
}

/**
 * What a service is taken for that was just changed, until a look shows it: whatever goes was ready, and has yet to end, and
 * whatever starts counts from now on.
 *
 * @param seen - the service right before
 * @param restarts - whether the change makes every instance start anew
 */
export function expectUpdated(seen: ObservedService, written: WrittenService, restarts: boolean): ObservedService {
  const size = writtenSize(written);
  const exist = seen.containerStatuses.length;
  const lost = restarts ? seen.online : Math.max(0, sizeOf(seen) - size);
  return {
    ...seen,
    ...written,
    factor: size,
    online: Math.max(0, seen.online - lost),
    containerStatuses: [...seen.containerStatuses, ...created(size - exist)],
    ending: Math.max(0, exist - staying(seen, written)),
    deploying: true,
    failures: [],
  };
}
