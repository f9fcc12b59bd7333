import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync, brotliCompressSync } from 'node:zlib';

import { ManualClock } from '@ecsm/api-types/testing';
import {
  type AttemptEvent,
  ClientClosedError,
  clientMetrics,
  type ClientMetricsSink,
  createClientset,
  type CreateServiceRequest,
  isEcsmClientError,
  isNotFoundError,
  isOutcomeUnknownError,
  MalformedJsonError,
  OutcomeUnknownError,
  RestClient,
  WrongContentTypeError,
} from '@ecsm/ecsm-client';
import { envelopeOf, ScriptedServer, type ScriptedAnswer } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection, until } from '../helpers/connect.js';

const request: CreateServiceRequest = {
  name: 'web',
  image: {
    ref: 'a@1#linux',
    action: 'run',
    config: { env: ['DB_PASSWORD=hunter2-env'] },
    vsoa: { password: 'hunter2-vsoa' },
  },
  node: { names: ['n1'] },
};
const success = JSON.stringify(envelopeOf({ id: 's1', containers: [] }));
const summary = { total: 1, health: 1 };

describe('writes', () => {
  const unclear: readonly (readonly [string, ScriptedAnswer, string])[] = [
    ['the connection breaks', { kind: 'drop' }, 'ConnectionLost'],
    ['the answer breaks off', { kind: 'drop', body: success, bytes: 20 }, 'ConnectionLost'],
    ['a gateway gives up', { kind: 'reply', status: 504, body: 'timeout' }, 'HttpStatus'],
    ['the server fails without a word', { kind: 'reply', status: 500 }, 'HttpStatus'],
    ['the answer is empty', { kind: 'reply' }, 'EmptyAnswer'],
    ['the answer is cut off', { kind: 'reply', body: success.slice(0, -9) }, 'MalformedJson'],
    [
      'the answer is a web page',
      { kind: 'reply', body: '<html>', headers: { 'content-type': 'text/html' } },
      'HtmlAnswer',
    ],
    ['the answer has no data', { kind: 'reply', body: JSON.stringify(envelopeOf(null)) }, 'NullData'],
    ['the answer has no id', { kind: 'reply', body: JSON.stringify(envelopeOf({})) }, 'UnexpectedAnswer'],
  ];

  it.each(unclear)('leave their outcome unknown when %s, and are not repeated', async (_, answer, code) => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('POST', '/service').answer(answer);
    const error = await rejection(ecsm.services.create(request));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(isOutcomeUnknownError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'OutcomeUnknown', cause: { code } });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['a refusal', { status: 400, httpStatus: 200 }],
    ['a refusal with its HTTP status', { status: 409, httpStatus: 409 }],
    ['a failure in the words of the platform', { status: 500, httpStatus: 500 }],
  ])('that meet %s were not carried out', async (_, { status, httpStatus }) => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('POST', '/service').refuse(status, 'no', { httpStatus });
    expect(await rejection(ecsm.services.create(request))).toMatchObject({ code: 'ApiError' });
    expect(server.requests).toHaveLength(1);
  });

  it('are not carried out when there is no connection, and say so', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    await server.close();
    const error = await rejection(ecsm.services.create(request));
    expect(error).toMatchObject({ code: 'ConnectionFailed', reason: 'ECONNREFUSED' });
  });

  it('are repeated when the platform was too busy to look at them', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service').refuse(429, 'slow down', { httpStatus: 429 });
    server.expect('POST', '/service').replyRaw({ body: success });
    expect(await ecsm.services.create(request)).toMatchObject({ id: 's1' });
    server.verify();
  });

  it('that change nothing when repeated are repeated', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service/stop/ids').drop();
    server.expect('POST', '/service/stop/ids').reply({ ids: ['a'] });
    expect(await ecsm.services.act('stop', ['a'])).toEqual(['a']);
    server.verify();
  });

  it('that were perhaps carried out once stay unclear, whatever is answered later', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service/stop/ids').drop();
    server.expect('POST', '/service/stop/ids').refuse(404, 'not found');
    const error = await rejection(ecsm.services.act('stop', ['a']));
    expect(error).toMatchObject({ code: 'OutcomeUnknown', cause: { code: 'ApiError' } });
  });

  it.each(['restart', 'destroy'] as const)('do not repeat a %s of unknown outcome', async (action) => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('POST', `/service/${action}/ids`).drop();
    expect(await rejection(ecsm.services.act(action, ['a']))).toMatchObject({ code: 'OutcomeUnknown' });
    expect(server.requests).toHaveLength(1);
  });

  it('time out as unknown once they were sent', async () => {
    const clock = new ManualClock();
    await using connected = await connect({ clock });
    const { server, ecsm } = connected;
    server.always('POST', '/service').hang();
    const failed = rejection(ecsm.services.create(request));
    await until(() => server.requests.length === 1);
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ code: 'OutcomeUnknown', cause: { code: 'Timeout', phase: 'answer' } });
  });
});

describe('reads', () => {
  it('are repeated after transient failures, with growing pauses', async () => {
    const pauses: (number | undefined)[] = [];
    const onAttempt = (event: AttemptEvent) => pauses.push(event.retryInMs);
    await using connected = await connect({
      onAttempt,
      random: () => 0,
      retry: { baseMs: 4, maxMs: 6, maxRetries: 4 },
    });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').drop();
    server.expect('GET', '/service/summary').replyRaw({ status: 502 });
    server.expect('GET', '/service/summary').replyRaw({ body: '{"status":200,"da' });
    server.expect('GET', '/service/summary').reply(summary);
    expect(await ecsm.services.summary()).toEqual(summary);
    expect(pauses).toEqual([2, 3, 3, undefined]);
    server.verify();
  });

  it('are not repeated after a refusal', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/a').refuse(404, 'no such service');
    const error = await rejection(ecsm.services.get('a'));
    expect(isNotFoundError(error)).toBe(true);
    expect(isEcsmClientError(error, 'ApiError')).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it('take a 404 of another server for what it is: no word about the object', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server
      .always('GET', '/service/a')
      .replyRaw({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' });
    const error = await rejection(ecsm.services.get('a'));
    expect(isNotFoundError(error)).toBe(false);
    expect(error).toMatchObject({ code: 'HttpStatus', httpStatus: 404 });
  });

  it('wait as long as Retry-After says, and other calls with them', async () => {
    const clock = new ManualClock();
    await using connected = await connect({ clock });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').replyRaw({ status: 429, headers: { 'retry-after': '3' } });
    server.always('GET', '/service/summary').reply(summary);
    const first = ecsm.services.summary();
    await until(() => clock.nextTimerInMs === 3000);
    await clock.advance(0);
    const second = ecsm.services.summary();
    await clock.advance(2999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await first).toEqual(summary);
    expect(await second).toEqual(summary);
    expect(server.requests).toHaveLength(3);
  });

  it('give up at once when Retry-After is beyond the deadline', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/a').replyRaw({
      status: 429,
      headers: { 'retry-after': '3600', 'content-type': 'application/json' },
      body: JSON.stringify({ status: 429, message: 'later', data: null, fieldErrors: null }),
    });
    const error = await rejection(ecsm.services.get('a'));
    expect(error).toMatchObject({ code: 'ApiError', reason: 'TooManyRequests', retryAfterMs: 3_600_000 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('ends', () => {
  it('with the reason of the caller, as given, before and during a call', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').hang();
    const reason = new Error('enough');
    expect(await rejection(ecsm.services.summary({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const failed = rejection(ecsm.services.summary({ signal: controller.signal }));
    await until(() => server.requests.length === 1);
    controller.abort(reason);
    expect(await failed).toBe(reason);
    await until(() => server.connections === 0);
  });

  it('when the client is closed, for calls in flight and for later ones', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').hang();
    const failed = rejection(ecsm.services.summary());
    await until(() => server.requests.length === 1);
    await ecsm.close();
    await ecsm.close();
    expect(await failed).toBeInstanceOf(ClientClosedError);
    expect(await rejection(ecsm.services.summary())).toBeInstanceOf(ClientClosedError);
    await until(() => server.connections === 0);
  });

  it('without listeners left on a signal that lives long', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').reply(summary);
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    for (let call = 0; call < 20; call++) await ecsm.services.summary({ signal });
    expect(listeners).toBe(0);
  });

  it('a stream of pages when its loop ends, without reading on', async () => {
    await using connected = await connect({ pageSize: 1 });
    const { server, ecsm } = connected;
    const row = { id: 'a', name: 'a', status: '', policy: 'static', instanceOnline: 0 };
    server.always('GET', '/service').reply({ total: 9, pageNum: 1, pageSize: 1, list: [row] });
    for await (const service of ecsm.services.all()) {
      expect(service.id).toBe('a');
      break;
    }
    expect(server.requests).toHaveLength(1);
  });
});

describe('limits', () => {
  it('lets no more requests through at once than allowed', async () => {
    await using connected = await connect({ maxConcurrent: 2 });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').hang();
    const controller = new AbortController();
    const calls = Array.from({ length: 5 }, () => rejection(ecsm.services.summary({ signal: controller.signal })));
    await until(() => server.requests.length === 2);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toHaveLength(2);
    controller.abort(new Error('end'));
    await Promise.all(calls);
  });

  it('reuses connections', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').reply(summary);
    for (let call = 0; call < 5; call++) await ecsm.services.summary();
    expect(server.connections).toBe(1);
  });

  it.each([
    ['timeoutMs', { timeoutMs: 0 }],
    ['maxConcurrent', { maxConcurrent: 0.5 }],
    ['retry.maxRetries', { retry: { maxRetries: -1 } }],
    ['baseUrl', { baseUrl: 'ftp://a' }],
    ['credentials', { baseUrl: 'http://user:secret@a' }],
    ['query', { baseUrl: 'http://a?b=c' }],
  ])('refuses an impossible %s when the client is made', (name, options) => {
    expect(() => new RestClient({ baseUrl: 'http://a', ...options })).toThrow(name);
  });
});

describe('answers', () => {
  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['br', brotliCompressSync],
  ])('may be compressed with %s', async (encoding, compress) => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').replyRaw({
      headers: { 'content-type': 'application/json; charset=utf-8', 'content-encoding': encoding },
      body: compress(JSON.stringify(envelopeOf(summary))),
    });
    expect(await ecsm.services.summary()).toEqual(summary);
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  it('may not hide more than allowed behind their compression', async () => {
    await using connected = await connect({ maxResponseBytes: 10_000 });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').replyRaw({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('x'.repeat(1_000_000)),
    });
    expect(await rejection(ecsm.services.summary())).toMatchObject({ code: 'AnswerTooLarge', maxBytes: 10_000 });
  });

  it('are errors when their encoding is broken or unknown', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    for (const encoding of ['gzip', 'rot13', 'constructor']) {
      server.expect('GET', '/service/summary').replyRaw({
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        body: 'not that',
      });
      expect(await rejection(ecsm.services.summary())).toMatchObject({ code: 'UnexpectedAnswer' });
    }
  });

  it('are errors when they are not JSON, or cut off', async () => {
    await using connected = await connect({ retry: { maxRetries: 0 } });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').replyRaw({ headers: { 'content-type': 'text/plain' }, body: 'hello' });
    expect(await rejection(ecsm.services.summary())).toBeInstanceOf(WrongContentTypeError);
    server.expect('GET', '/service/summary').replyRaw({ body: '{"status":200,"data":{"a"' });
    const cut = await rejection(ecsm.services.summary());
    expect(cut).toBeInstanceOf(MalformedJsonError);
    expect(cut).toMatchObject({ truncated: true });
    server.expect('GET', '/service/summary').replyRaw({ body: '{"status":200,}' });
    expect(await rejection(ecsm.services.summary())).toMatchObject({ code: 'MalformedJson', truncated: false });
    server.expect('GET', '/service/summary').replyRaw({ body: '[1,2]' });
    expect(await rejection(ecsm.services.summary())).toMatchObject({ code: 'UnexpectedAnswer' });
  });

  it('are errors that say so when the other side speaks no TLS, or no HTTP', async () => {
    const retry = { maxRetries: 0 };
    await using server = await ScriptedServer.start();
    await using secure = createClientset({ baseUrl: server.baseUrl.replace('http:', 'https:'), retry });
    const plain = await rejection(secure.services.summary());
    expect(plain).toMatchObject({ code: 'ConnectionFailed' });
    expect(String(plain)).toMatch(
      /\(who listens there does not speak TLS, so perhaps its address begins with http: \w+\)$/,
    );
    const other = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n'));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    await using elsewhere = createClientset({ baseUrl: `http://127.0.0.1:${port}`, retry });
    expect(String(await rejection(elsewhere.services.summary()))).toMatch(
      /: the answer is not as expected: it is not HTTP \(HPE_\w+\)$/,
    );
    other.close();
  });

  it('are not followed elsewhere', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('POST', '/service').replyRaw({ status: 302, headers: { location: '/api/v1/service/summary' } });
    expect(await rejection(ecsm.services.create(request))).toMatchObject({ code: 'HttpStatus', httpStatus: 302 });
    expect(server.requests).toHaveLength(1);
    const location = 'https://me:hidden@login.example/start?ticket=hidden';
    server.always('GET', '/service/summary').replyRaw({ status: 307, headers: { location } });
    const redirect = String(await rejection(ecsm.services.summary()));
    expect(redirect).toContain(
      'is a redirect to https://***@login.example/start, and none is followed: use the address',
    );
    expect(redirect).not.toContain('hidden');
  });
});

describe('what can be watched', () => {
  it('every attempt, with its size and without its passwords', async () => {
    const events: AttemptEvent[] = [];
    await using connected = await connect({ onAttempt: (event) => events.push(event) });
    const { server, ecsm } = connected;
    server
      .always('POST', '/service')
      .refuse(400, 'bad password hunter2-vsoa', { fieldErrors: { password: 'hunter2-vsoa' } });
    const error = await rejection(ecsm.services.create(request));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ method: 'POST', attempt: 1, httpStatus: 200 });
    expect(events[0]?.requestBytes).toBe(JSON.stringify(request).length);
    expect(events[0]?.responseBytes).toBeGreaterThan(50);
    const shown = JSON.stringify([events, error, error.message, error.stack]);
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('DB_PASSWORD=***');
  });

  it('credentials of the headers do not show where an answer repeats them', async () => {
    const headers = { authorization: 'Bearer hunter2-token', 'x-api-key': 'hunter2-key', 'x-tenant': 'fleet' };
    await using connected = await connect({ retry: { maxRetries: 0 }, headers });
    const { server, ecsm } = connected;
    const body = '<html>fleet: neither hunter2-token nor hunter2-key is known</html>';
    server.expect('GET', '/service/summary').replyRaw({ status: 403, headers: { 'content-type': 'text/html' }, body });
    server.expect('GET', '/service/summary').refuse(403, 'Bearer hunter2-token of fleet has expired');
    for (let call = 0; call < 2; call++) {
      const { message } = await rejection(ecsm.services.summary());
      expect(message).toContain('fleet');
      expect(message).not.toContain('hunter2');
    }
  });

  it.each([
    'me:hunter2@10.0.0.5',
    'http://me:hunter2@10.0.0.5:port',
    'http://10.0.0.5?token=hunter2',
    'http://10.0.0.5/#hunter2',
  ])('an address that cannot be one does not show what it holds: %s', (baseUrl) => {
    expect(() => new RestClient({ baseUrl })).toThrow(TypeError);
    expect(() => new RestClient({ baseUrl })).not.toThrow(/hunter2/);
  });

  it('passwords do not show in what is quoted of a broken answer', async () => {
    await using connected = await connect({ retry: { maxRetries: 0 } });
    const { server, ecsm } = connected;
    const body =
      '{"status":200,"data":{"list":[{"password":"hunter2","config":"{\\"password\\":\\"hunter3\\"}","token": "hunt';
    server.always('GET', '/node').replyRaw({ body });
    const { message } = await rejection(ecsm.nodes.list());
    expect(message).toContain('it begins');
    expect(message).not.toContain('hunt');
  });

  it.each([
    ['not JSON', { body: 'hunter2-vsoa and hunter2-env are too weak' }],
    ['cut off', { body: '{"status": 200, "message": "hunter2-vsoa' }],
    ['broken JSON', { body: '{"status": 200, "message": "hunter2-env"; }' }],
    ['too large', { body: `hunter2-vsoa ${'x'.repeat(10_000)}`, headers: { 'content-type': 'text/plain' } }],
  ])('passwords do not show in the error of an answer that is %s, nor in its causes', async (_what, answer) => {
    await using connected = await connect({ maxResponseBytes: 5_000 });
    const { server, ecsm } = connected;
    server.always('POST', '/service').replyRaw(answer);
    const error = await rejection(ecsm.services.create(request));
    expect(error).toMatchObject({ code: 'OutcomeUnknown' });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  it('counts and durations under the names of Kubernetes clients', async () => {
    const seen = new Map<string, Readonly<Record<string, string>>[]>();
    const note = (name: string, labels: Readonly<Record<string, string>>) =>
      void seen.set(name, [...(seen.get(name) ?? []), labels]);
    const metrics: ClientMetricsSink = { increment: note, observe: note };
    await using connected = await connect({ metrics });
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary').drop();
    server.expect('GET', '/service/summary').reply(summary);
    await ecsm.services.summary();
    const host = new URL(server.baseUrl).host;
    expect(seen.get('rest_client_requests_total')).toEqual([
      { code: '<error>', method: 'GET', host },
      { code: '200', method: 'GET', host },
    ]);
    expect(seen.get('rest_client_request_retries_total')).toEqual([{ code: '<error>', verb: 'GET', host }]);
    for (const [name, labels] of seen) {
      const definition = clientMetrics.find((metric) => metric.name === name);
      for (const each of labels) expect(Object.keys(each).sort()).toEqual([...(definition?.labels ?? [])].sort());
    }
  });

  it('a log that throws does not change the result', async () => {
    const fail = () => {
      throw new Error('disk full');
    };
    await using connected = await connect({ onAttempt: fail, metrics: { increment: fail, observe: fail } });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').reply(summary);
    expect(await ecsm.services.summary()).toEqual(summary);
  });

  it("ky's hooks see requests and answers", async () => {
    const seen: string[] = [];
    await using connected = await connect({
      headers: { 'x-gateway': 'key-1' },
      hooks: {
        beforeRequest: [(out) => out.headers.set('x-signature', 'abc')],
        afterResponse: [
          async (_request, _options, response) => {
            seen.push(await response.text());
          },
        ],
      },
    });
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').reply(summary);
    expect(await ecsm.services.summary()).toEqual(summary);
    expect(server.requests[0]?.headers).toMatchObject({ 'x-signature': 'abc', 'x-gateway': 'key-1' });
    expect(seen).toEqual([JSON.stringify(envelopeOf(summary))]);
  });
});

describe('any request', () => {
  it('can be put together from its parts', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server
      .expect('PUT', '/thing/a%20b/part', { query: { n: 1, flag: true, 'ids[]': ['x', 'y'] }, body: { z: 1 } })
      .reply({ ok: 1 });
    const result = await ecsm.rest
      .verb('PUT')
      .resource('thing')
      .name('a b')
      .subresource('part')
      .param('n', 1)
      .params({ flag: true, ids: ['x', 'y'], none: undefined })
      .body({ z: 1 })
      .do();
    expect(result.into((data) => data)).toEqual({ ok: 1 });
    expect(JSON.parse(result.raw())).toEqual(envelopeOf({ ok: 1 }));
    expect(result.httpStatus).toBe(200);
    server.verify();
  });
});
