import { createClientset } from '@ecsm/ecsm-client';
import { pageOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

describe('ScriptedServer', () => {
  it('answers what it expects and is satisfied', async () => {
    await using server = await ScriptedServer.start();
    await using ecsm = createClientset({ baseUrl: server.baseUrl });
    server.expect('GET', '/service', { query: { pageNum: 1, pageSize: 100 } }).reply(pageOf([]));
    expect(await ecsm.services.list()).toMatchObject({ rows: [], total: 0 });
    server.verify();
  });

  it('reports what is missing and what it did not expect', async () => {
    await using server = await ScriptedServer.start();
    await using ecsm = createClientset({ baseUrl: server.baseUrl });
    server.expect('GET', '/service/summary').reply({ total: 1, health: 1 }).times(2);
    await ecsm.services.summary();
    await expect(ecsm.services.get('a')).rejects.toThrow('not in the script: GET /api/v1/service/a');
    expect(() => server.verify()).toThrow('missing: GET /service/summary (1 more)\nunexpected: GET /api/v1/service/a');
  });

  it('closes its connections', async () => {
    const server = await ScriptedServer.start();
    await using ecsm = createClientset({ baseUrl: server.baseUrl });
    server.always('GET', '/service/summary').reply({ total: 1, health: 1 });
    await ecsm.services.summary();
    expect(server.connections).toBe(1);
    await server.close();
    expect(server.connections).toBe(0);
  });
});
