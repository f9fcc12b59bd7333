import { findCondition } from '@ecsm/api-types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eachWithDaemons } from './helpers/daemon-operators.js';
import { Gateway, type Meddling, type PassingAnswer } from './helpers/gateway.js';
import { dynamicService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';

const daemons = eachWithDaemons();
let gateway: Gateway;
beforeEach(async () => {
  gateway = await Gateway.start(daemons.system.platform.url);
});
afterEach(() => gateway[Symbol.asyncDispose]());

const names = ['one', 'two', 'three'];

/** Changes the answers to looks at the list of services, and nothing else. */
function ofLists(change: (answer: PassingAnswer) => PassingAnswer): Meddling {
  return ({ method, url = '' }, answer) =>
    method === 'GET' && url.startsWith('/api/v1/service?') ? change(answer) : undefined;
}

function list(body: string): Meddling {
  return ofLists((answer) => ({ ...answer, body }));
}

async function ids(): Promise<readonly string[]> {
  return (await daemons.system.platform.services()).map(({ id }) => id).sort();
}

describe('a platform that answers strangely', () => {
  it('has nothing made twice and nothing written while it does', async () => {
    const { system } = daemons;
    daemons.start([], { platformUrl: gateway.url });
    await system.apply(names.map((name) => dynamicService(name, 1)).join('---\n'));
    for (const name of names) await system.settled(name, 1);
    const before = await ids();
    const writes = gateway.writes.length;
    const page = '"total":0,"pageNum":1,"pageSize":100';
    const answers: readonly (readonly [string, Meddling])[] = [
      ['no services', list(`{"status":200,"message":"success","data":{"list":[],${page}}}`)],
      ['null for a list', list(`{"status":200,"message":"success","data":{"list":null,${page}}}`)],
      ['a web page', ofLists(() => ({ status: 200, contentType: 'text/html', body: '<html>log in</html>' }))],
      ['half of its JSON', ofLists((answer) => ({ ...answer, body: answer.body.slice(0, answer.body.length / 2) }))],
      ['10 MB', list(`{"status":200,"message":"","data":{"x":"${'y'.repeat(10_000_000)}"}}`)],
    ];
    for (const [what, meddle] of answers) {
      let looks = 0;
      gateway.meddle = (request, answer) => {
        const changed = meddle(request, answer);
        if (changed !== undefined) looks++;
        return changed;
      };
      await eventually(`the platform has answered with ${what} three times`, () => looks >= 3);
      gateway.meddle = () => undefined;
      let good = 0;
      gateway.meddle = ofLists((answer) => {
        good++;
        return answer;
      });
      await eventually('it is looked at again', () => good >= 2);
    }
    expect(gateway.writes.slice(writes)).toEqual([]);
    expect(await ids()).toEqual(before);
    for (const name of names) {
      const { status } = await system.services.get(name);
      expect(findCondition(status?.conditions, 'Available')?.status).toBe('True');
    }
  }, 60_000);

  it('has one service made, whatever becomes of the answer to its create', async () => {
    const { system } = daemons;
    let left = 3;
    gateway.meddle = ({ method, url }) =>
      method === 'POST' && url === '/api/v1/service' && left-- > 0 ? 'reset' : undefined;
    daemons.start([], { platformUrl: gateway.url });
    await system.apply(names.map((name) => dynamicService(name, 1)).join('---\n'));
    for (const name of names) await system.settled(name, 1, 45_000);
    expect(left).toBeLessThanOrEqual(0);
    expect(await ids()).toHaveLength(names.length);
  }, 60_000);
});
