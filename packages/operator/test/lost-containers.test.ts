import type { ContainerRow } from '@ecsm/ecsm-client';
import { describe, expect, it } from 'vitest';

import { withoutLost } from '../src/platform/lost-containers.js';

/** Containers of a service, as `node:status` texts. */
function rows(...texts: readonly string[]): readonly ContainerRow[] {
  return texts.map((text, index) => {
    const [nodeId = '', status = ''] = text.split(':');
    const id = `c${index}`;
    return { id, taskId: id, name: id, status, serviceId: 's', serviceName: 's', nodeId, nodeName: nodeId };
  });
}

function nodes(online: readonly string[]) {
  const asked: (readonly string[])[] = [];
  const status = (ids: readonly string[]) => {
    asked.push(ids);
    return Promise.resolve(ids.map((id) => ({ id, status: online.includes(id) ? 'online' : 'offline' })));
  };
  return { asked, status };
}

describe('containers of a lost node', () => {
  it('do not run, whatever the platform says of them', async () => {
    const there = nodes(['b']);
    const seen = await withoutLost(rows('a:running', 'b:running', 'c:exited'), 1, there);
    expect(seen.map(({ status }) => status)).toEqual(['exited', 'running', 'exited']);
    expect(there.asked).toEqual([['a', 'b']]);
  });

  it('are not looked for where as many run as the service has online', async () => {
    const there = nodes([]);
    const given = rows('a:running', 'b:Running', 'c:exited');
    expect(await withoutLost(given, 2, there)).toBe(given);
    expect(there.asked).toEqual([]);
  });
});
