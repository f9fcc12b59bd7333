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

/** The instances that stay when a service is changed: as far as can be told, and for certain. */
function staying(
  seen: ObservedService,
  written: WrittenService,
): { readonly likely: number; readonly certain: number } {
  const kept = seen.nodes.filter((node) => written.nodes.includes(node)).length;
  if (seen.policy === 'static' && written.policy === 'static') return { likely: kept, certain: kept };
  const likely = Math.min(sizeOf(seen), writtenSize(written));
  // Where a service loses nodes, or gets one for each, nobody knows which those are.
  const isSpared = kept === seen.nodes.length && written.policy === 'dynamic';
  return { likely, certain: isSpared ? likely : 0 };
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
  const { likely, certain } = staying(seen, written);
  const lost = restarts ? seen.online : sizeOf(seen) - likely;
  return {
    ...seen,
    ...written,
    factor: size,
    online: Math.max(0, seen.online - lost),
    containerStatuses: [...seen.containerStatuses, ...created(size - exist)],
    ending: Math.max(0, exist - certain),
    deploying: true,
    failures: [],
  };
}
