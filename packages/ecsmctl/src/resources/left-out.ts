import { isDeepStrictEqual } from 'node:util';

import type { ServiceImage } from '@ecsm/ecsm-client';
import { ownerVariable } from '@ecsm/planner';

import { isRecord } from '../is-record.js';
import { maskSecrets } from '../output/mask.js';

/** What a live service has and its imitation has not, each as the path of the field and the value. */
export function leftOut(live: ServiceImage, imitation: ServiceImage): readonly string[] {
  return lost('image', live, imitation);
}

function lost(field: string, live: unknown, imitation: unknown): readonly string[] {
  if (isRecord(live)) {
    const fields = isRecord(imitation) ? imitation : {};
    return Object.entries(live).flatMap(([name, value]) => lost(`${field}.${name}`, value, fields[name]));
  }
  if (Array.isArray(live)) {
    const there: readonly unknown[] = Array.isArray(imitation) ? imitation : [];
    return (live as readonly unknown[])
      .filter((item) => !isMark(item) && !there.some((other) => isDeepStrictEqual(item, other)))
      .map((item) => show(field, item));
  }
  // What says nothing is no loss.
  return live === undefined || live === null || live === '' || live === imitation ? [] : [show(field, live)];
}

/** Whether an entry of an environment says who owns the service, which is no setting of it. */
function isMark(item: unknown): boolean {
  return typeof item === 'string' && item.startsWith(`${ownerVariable}=`);
}

function show(field: string, value: unknown): string {
  // Values of an environment may be secrets too.
  return /password|\benv$/i.test(field) ? field : `${field} ${JSON.stringify(maskSecrets(value))}`;
}
