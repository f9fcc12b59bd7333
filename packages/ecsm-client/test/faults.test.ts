// Faults of an earlier client of the same platform, each of which must not come back.
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import {
  AnswerTooLargeError,
  ApiError,
  type AttemptEvent,
  CallTimeoutError,
  type Clientset,
  collect,
  createClientset,
  EmptyAnswerError,
  HtmlAnswerError,
  HttpStatusError,
  NullDataError,
  platformUrl,
  type ServiceDetail,
  UnexpectedAnswerError,
} from '@ecsm/ecsm-client';
import { ManualClock } from '@ecsm/api-types/testing';
import { envelopeOf, FakeClientset, pageOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection, until, untilAfterPauses } from './helpers/connect.js';

const row = (id: string) => ({ id, name: id, status: 'complete', policy: 'dynamic', factor: 1, instanceOnline: 1 });
const pem = (name: string) => readFileSync(new URL(`./fixtures/${name}.pem`, import.meta.url), 'utf8');

describe('faults of the earlier client', () => {
  it('fault 30: a server that never answers is left in time', async () => {
    const clock = new ManualClock();
    await using connected = await connect({ clock });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').hang();
    const failed = rejection(ecsm.services.summary());
    await until(() => server.requests.length === 1);
    await clock.advance(10_000);
    const error = await failed;
    expect(error).toBeInstanceOf(CallTimeoutError);
    expect(error).toMatchObject({ phase: 'answer', timeoutMs: 10_000 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('fault 30: a lost request is repeated while there is time', async () => {
    const clock = new ManualClock();
    await using connected = await connect({ clock, attemptTimeoutMs: 3000 });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').hang();
    server.expect('GET', '/service/summary').drop();
    server.expect('GET', '/service/summary').reply({ total: 1, health: 1 });
    const summary = ecsm.services.summary();
    await until(() => server.requests.length === 1);
    await clock.advance(3000);
    await untilAfterPauses(clock, () => server.requests.length === 3);
    expect(await summary).toEqual({ total: 1, health: 1 });
    server.verify();
  });

  it('fault 30: an endless answer is cut off', async () => {
    await using connected = await connect({ maxResponseBytes: 1000 });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').replyRaw({ body: `{"status":200,"data":"${'x'.repeat(5000)}"}` });
    expect(await rejection(ecsm.services.summary())).toBeInstanceOf(AnswerTooLargeError);
  });

  it('fault 30: a private authority, a client certificate and a server name are possible', async () => {
    const server = createTlsServer(
      { key: pem('server-key'), cert: pem('server'), ca: pem('ca'), requestCert: true, rejectUnauthorized: true },
      (_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(envelopeOf({ total: 1, health: 1 })));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const baseUrl = `https://127.0.0.1:${port}`;
    const retry = { maxRetries: 0 };
    const own = { ca: pem('ca'), serverName: 'ecsm.test' };
    try {
      await using trusted = createClientset({ baseUrl, tls: { ...own, cert: pem('client'), key: pem('client-key') } });
      expect(await trusted.services.summary()).toEqual({ total: 1, health: 1 });
      await using stranger = createClientset({ baseUrl, retry, tls: { serverName: 'ecsm.test' } });
      expect(await rejection(stranger.services.summary())).toMatchObject({ code: 'ConnectionFailed' });
      await using misnamed = createClientset({ baseUrl, retry, tls: { ca: pem('ca') } });
      expect(await rejection(misnamed.services.summary())).toMatchObject({ code: 'ConnectionFailed' });
      await using anonymous = createClientset({ baseUrl, retry, tls: own });
      const write = anonymous.services.redeploy('a');
      expect(await rejection(write)).toMatchObject({ code: 'ConnectionFailed' });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('fault 30: a path prefix stays in front of every call', async () => {
    await using server = await ScriptedServer.start({ root: '/proxy/ecsm/api/v1' });
    server.always('GET', '/service/summary').reply({ total: 1, health: 1 });
    for (const baseUrl of [server.baseUrl, server.baseUrl.replace('/api/v1', ''), `${server.baseUrl}/`]) {
      await using ecsm = createClientset({ baseUrl });
      expect(await ecsm.services.summary()).toEqual({ total: 1, health: 1 });
    }
  });

  it('fault 30: IPv6 hosts are put in brackets', () => {
    expect(platformUrl({ host: 'fd00::5' })).toBe('http://[fd00::5]:3001');
    expect(platformUrl({ host: '[::1]', port: 80, protocol: 'https' })).toBe('https://[::1]:80');
    expect(() => platformUrl({ host: 'a/b' })).toThrow('make no address');
    expect(() => createClientset({ baseUrl: 'http://fd00::5:3001' })).toThrow('IPv6 addresses in brackets');
  });

  it.each([500, 502, 503])('fault 31: a bare %i is an error', async (status) => {
    await using connected = await connect({ retry: { maxRetries: 0 } });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').replyRaw({ status, headers: {} });
    const error = await rejection(ecsm.services.summary());
    expect(error).toBeInstanceOf(HttpStatusError);
    expect(error).toMatchObject({ httpStatus: status });
  });

  it('fault 31: an empty 200, a web page and a contradiction are errors of their own', async () => {
    await using connected = await connect({ retry: { maxRetries: 0 } });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').replyRaw({ body: '' });
    expect(await rejection(ecsm.services.summary())).toBeInstanceOf(EmptyAnswerError);
    server
      .expect('GET', '/service/summary')
      .replyRaw({ headers: { 'content-type': 'text/html' }, body: '<html>Login' });
    const html = await rejection(ecsm.services.summary());
    expect(html).toBeInstanceOf(HtmlAnswerError);
    expect(html.message).toMatch(/^GET http:.*\/api\/v1\/service\/summary: .*HTTP 200, text\/html.*"<html>Login"/);
    server.expect('GET', '/service/summary').replyRaw({ status: 500, body: JSON.stringify(envelopeOf({})) });
    expect(await rejection(ecsm.services.summary())).toBeInstanceOf(HttpStatusError);
    server.expect('GET', '/service/summary').refuse(400, 'no');
    expect(await rejection(ecsm.services.summary())).toMatchObject({
      code: 'ApiError',
      httpStatus: 200,
      envelopeStatus: 400,
    });
  });

  it('fault 32: null data is an error where data is needed', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/gone').reply(null);
    server.always('GET', '/service').reply(null);
    expect(await rejection(ecsm.services.get('gone'))).toBeInstanceOf(NullDataError);
    expect(await rejection(ecsm.services.list())).toBeInstanceOf(NullDataError);
  });

  it.each([['text'], [{ name: ['too long'] }], [['a', 1]], [17]])(
    'fault 33: fieldErrors of any shape come with the error (%j)',
    async (fieldErrors) => {
      await using connected = await connect();
      const { server, ecsm } = connected;
      server.always('GET', '/service/a').refuse(422, 'bad', { fieldErrors });
      const error = await rejection(ecsm.services.get('a'));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ apiMessage: 'bad', fieldErrors, reason: 'BadRequest' });
    },
  );

  it('fault 34: ids are escaped, and an empty id sends nothing', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/service/a%2F..%2Fb%3Fc%23%20').refuse(404, 'no');
    expect(await rejection(ecsm.services.get('a/../b?c# '))).toMatchObject({ reason: 'NotFound' });
    for (const id of ['', ' ', '.', '..']) {
      expect(await rejection(ecsm.services.get(id))).toMatchObject({ code: 'InvalidCall' });
      expect(await rejection(ecsm.services.delete(id))).toMatchObject({ code: 'InvalidCall' });
      expect(await rejection(ecsm.containers.get(id))).toMatchObject({ code: 'InvalidCall' });
    }
    expect(await rejection(ecsm.services.destroy([]))).toMatchObject({ code: 'InvalidCall' });
    expect(await rejection(ecsm.services.destroy(['a', '']))).toMatchObject({ code: 'InvalidCall' });
    server.verify();
    expect(server.requests).toHaveLength(1);
  });

  it('fault 35: an odd row does not cost the others', async () => {
    const reported: string[] = [];
    await using connected = await connect({ onBadRow: (bad) => reported.push(bad.problem) });
    const { server, ecsm } = connected;
    const odd = [
      {
        ...row('text-status'),
        errorInstance: [{ containerId: 'c', nodeId: 'n', nodeName: 'n', status: 'failed', message: '' }],
      },
      {
        ...row('bool-status'),
        errorInstance: [{ containerId: 'c', nodeId: 'n', nodeName: 'n', status: false, message: '' }],
      },
      { ...row('labels'), defaultLabels: [{ key: 'a' }, 'b', 3] },
      { ...row('numbers'), factor: '2', instanceOnline: 1.0 },
      { ...row('no-count'), instanceOnline: null },
      { ...row('negative'), factor: -1 },
      { ...row('no-sign'), instanceOnline: 4294967295 },
      { ...row('half'), factor: 1.5 },
      { ...row('static'), policy: 'static', factor: -1 },
      'not a row',
      null,
    ];
    server.always('GET', '/service').reply(pageOf(odd));
    const page = await ecsm.services.list();
    expect(page.rows.map((service) => service.id)).toEqual([
      'text-status',
      'bool-status',
      'labels',
      'numbers',
      'static',
    ]);
    expect(page.rows[3]?.factor).toBe(2);
    expect(page.badRows.map((bad) => bad.index)).toEqual([4, 5, 6, 7, 9, 10]);
    expect(reported).toEqual([
      'row.instanceOnline of "no-count" is null, not a number',
      'row.factor of "negative" is -1, not a number of instances',
      'row.instanceOnline of "no-sign" is 4294967295, not a number of instances',
      'row.factor of "half" is 1.5, not a number of instances',
      'row is "not a row", not an object',
      'row is null, not an object',
    ]);
  });

  it('fault 35: rows of other names under one id are odd, on one page and on several', async () => {
    const reported: string[] = [];
    await using connected = await connect({ onBadRow: (bad) => reported.push(bad.problem) });
    const { server, ecsm } = connected;
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ ...row('7'), name }));
    server.always('GET', '/service').answer(({ query }) => {
      const pageNum = Number(Object.fromEntries(query)['pageNum']);
      const page = pageOf(rows.slice((pageNum - 1) * 2, pageNum * 2), { total: rows.length, pageNum });
      return { kind: 'reply', body: JSON.stringify(envelopeOf(page)) };
    });
    const { rows: first } = await ecsm.services.list({}, { pageSize: 2 });
    expect(first.map(({ name }) => name)).toEqual(['a']);
    expect(reported).toEqual(['row of "b" has the id "7", which is that of "a"']);
    const all = await collect(ecsm.services.all({}, { pageSize: 2 }));
    expect(all.map(({ name }) => name)).toEqual(['a']);
    expect(reported.slice(1)).toEqual(
      ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => `row of "${name}" has the id "7", which is that of "a"`),
    );
  });

  it('fault 36: what was read can be written back without loss', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const image: ServiceDetail['image'] = {
      ref: 'worker@1#sylixos',
      action: 'run',
      config: {
        ociVersion: '1.0.0',
        process: { user: { uid: 0, gid: 0 }, args: [], env: [] },
        mounts: [],
        sylixos: {
          resources: {
            cpu: { highestPrio: 160, lowestPrio: 250, defaultPrio: 200 },
            affinity: [],
            itimer: { defaultPrio: 200 },
            kernelObject: { rmsLimit: 0, socketLimit: 0 },
          },
          network: { sshdEnable: true },
        },
      },
      vsoa: { port: 0, livenessProbe: false },
    };
    const docker = {
      ref: 'nginx@1#linux',
      action: 'run',
      config: { publish: [{ netType: 'tcp', hostPort: 80 }], env: ['A=1'] },
    };
    for (const part of [image, docker]) {
      server.expect('GET', '/service/a').reply({ ...row('a'), healthy: true, instanceActive: 0, image: part });
      server
        .expect('PUT', '/service', { body: { id: 'a', name: 'a', image: part, node: { names: ['n'] }, factor: 2 } })
        .reply({ id: 'a', containers: [] });
      const { id, name, image: read } = await ecsm.services.get('a');
      await ecsm.services.update({ id, name, image: read, node: { names: ['n'] }, factor: 2 });
    }
    server.verify();
  });

  it('fault 37: every resource is there, and all of them can be faked', () => {
    const real: Clientset = createClientset({ baseUrl: 'http://127.0.0.1:1' });
    const fake: Clientset = new FakeClientset();
    for (const ecsm of [real, fake]) {
      for (const resource of [
        'services',
        'containers',
        'nodes',
        'images',
        'registries',
        'templates',
        'records',
        'configMaps',
        'microServices',
        'overview',
      ] as const) {
        expect(ecsm[resource]).toBeDefined();
      }
    }
  });

  it('fault 38: the range of node metrics is sent', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/overview/node', { query: { nodeId: 'n', startTime: 1, endTime: 2, step: 3 } }).reply([]);
    await ecsm.overview.nodeMetrics('n', { startTime: 1, endTime: 2, step: 3 });
    server.verify();
  });

  it('fault 39: a server that ignores pageNum ends the loop with an error that says what is missing', async () => {
    await using connected = await connect({ pageSize: 2 });
    const { server, ecsm } = connected;
    server.always('GET', '/service').reply(pageOf([row('a'), row('b')], { total: 5 }));
    const error = await rejection(collect(ecsm.services.all()));
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
    expect(error.message).toContain('page 2 repeats page 1; 2 of 5 rows were read');
    expect(server.requests).toHaveLength(2);
  });

  it('fault 39: rows that move while pages are read are not handed out twice', async () => {
    await using connected = await connect({ pageSize: 2 });
    const { server, ecsm } = connected;
    server
      .expect('GET', '/service', { query: { pageNum: 1, pageSize: 2 } })
      .reply(pageOf([row('a'), row('b')], { total: 3 }));
    server
      .expect('GET', '/service', { query: { pageNum: 2, pageSize: 2 } })
      .reply(pageOf([row('b'), row('c')], { total: 4 }));
    server.always('GET', '/service').reply(pageOf([], { total: 4 }));
    expect((await collect(ecsm.services.all())).map((service) => service.id)).toEqual(['a', 'b', 'c']);
  });

  it('fault 39: a total that is too small hides no rows', async () => {
    await using connected = await connect({ pageSize: 2 });
    const { server, ecsm } = connected;
    server
      .expect('GET', '/service', { query: { pageNum: 1, pageSize: 2 } })
      .reply(pageOf([row('a'), row('b')], { total: 2 }));
    server.expect('GET', '/service', { query: { pageNum: 2, pageSize: 2 } }).reply(pageOf([row('c')], { total: 2 }));
    expect(await collect(ecsm.services.all())).toHaveLength(3);
    server.verify();
  });

  it('reads pages in parallel when asked to, in order, and ends those on their way when the loop is left', async () => {
    const ended: string[] = [];
    const onAttempt = ({ url, error }: AttemptEvent) => {
      if (error !== undefined) ended.push(url);
    };
    await using connected = await connect({ pageSize: 2, onAttempt });
    const { server, ecsm } = connected;
    const rows = Array.from({ length: 9 }, (_, index) => row(`id-${index}`));
    const page = (pageNum: number) =>
      pageOf(rows.slice((pageNum - 1) * 2, pageNum * 2), { total: 9, pageNum, pageSize: 2 });
    for (const pageNum of [1, 2, 3, 4, 5]) {
      server.always('GET', '/service', { query: { pageNum, pageSize: 2 } }).reply(page(pageNum));
    }
    const all = await collect(ecsm.services.all({}, { parallelPages: 3 }));
    expect(all.map((service) => service.id)).toEqual(rows.map((service) => service.id));
    expect(server.requests).toHaveLength(5);

    server.always('GET', '/service', { query: { pageNum: 4, pageSize: 2 } }).hang();
    let seen = 0;
    for await (const service of ecsm.services.all({}, { parallelPages: 3 })) {
      seen++;
      if (service.id === 'id-3') break;
    }
    expect(seen).toBe(4);
    await until(() => ended.some((url) => url.includes('pageNum=4')));
    const failed = rejection(collect(ecsm.services.all({}, { parallelPages: 5, timeoutMs: 200 })));
    expect(await failed).toBeInstanceOf(CallTimeoutError);
  });

  it('fault 40: containers of all services cost few requests, with short URLs', async () => {
    const urls: string[] = [];
    await using connected = await connect({ onAttempt: (event) => urls.push(event.url) });
    const { server, ecsm } = connected;
    const node = (id: string) => ({ id, name: id, address: '10.0.0.1:1112', status: 'online' });
    const containers = Array.from({ length: 150 }, (_, index) => ({
      taskId: `t${index}`,
      name: `c${index}`,
      status: 'running',
      serviceId: index % 5 === 0 ? '' : 's',
    }));
    server.always('GET', '/node').reply(pageOf([node('n1'), node('n2')]));
    server.always('GET', '/container/node').answer((request) => {
      const pageNum = Number(request.query.find(([name]) => name === 'pageNum')?.[1]);
      const list = containers.slice((pageNum - 1) * 100, pageNum * 100);
      return { kind: 'reply', body: JSON.stringify(envelopeOf(pageOf(list, { total: 150, pageNum }))) };
    });
    const serviceIds = Array.from({ length: 1000 }, (_, index) => `b1f6dd9a70a54fc9a6d1c2b2b7d3a7f2-${index}`);
    expect(await collect(ecsm.containers.ofAllServices({ serviceIds }))).toHaveLength(120);
    expect(urls).toHaveLength(3);
    expect((await ecsm.containers.findByName('c7')).map((found) => found.taskId)).toEqual(['t7']);
    expect(urls.at(-1)).toContain('key=c7');

    urls.length = 0;
    server.always('GET', '/container/service').reply(pageOf([]));
    await collect(ecsm.containers.allByServices(serviceIds));
    expect(urls.length).toBeGreaterThan(10);
    expect(Math.max(...urls.map((url) => url.length))).toBeLessThanOrEqual(2000);
    expect(await rejection(ecsm.containers.listByServices(serviceIds))).toMatchObject({ code: 'InvalidCall' });
  });
});
