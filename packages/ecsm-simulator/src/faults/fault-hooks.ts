import { Readable } from 'node:stream';

import type { Clock } from '@ecsm/api-types';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isObject } from '../internal/json.js';
import type { FaultInjector, FaultStrike } from './fault-injector.js';
import { faultsAfterExecution, faultsBeforeExecution } from './fault-plan.js';

type BeforeStrike = FaultStrike & { readonly kind: (typeof faultsBeforeExecution)[number] };
type AfterStrike = FaultStrike & { readonly kind: (typeof faultsAfterExecution)[number] };

const proxyPage = (status: number): string =>
  `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr></body></html>`;

/** Lets the faults of a plan happen to every request of a server's scope. */
export function injectFaults(api: FastifyInstance, injector: FaultInjector, clock: Clock, prefix: string): void {
  const strikes = new WeakMap<FastifyRequest, AfterStrike>();

  api.addHook('onRequest', async (request, reply) => {
    const path = request.url.slice(prefix.length).split('?')[0] ?? '';
    const { delayMs, strike } = injector.judge(request.method, path);
    if (delayMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, delayMs, { keepAlive: false }));
    if (strike === undefined) return;
    if (isBeforeExecution(strike)) await refuse(strike, request, reply);
    else if (isAfterExecution(strike)) strikes.set(request, strike);
  });

  api.addHook('onSend', async (request, reply, payload) => {
    const strike = strikes.get(request);
    if (strike === undefined || typeof payload !== 'string') return payload;
    return spoil(strike, request, reply, payload, clock);
  });
}

function isBeforeExecution(strike: FaultStrike): strike is BeforeStrike {
  return faultsBeforeExecution.some((kind) => kind === strike.kind);
}

function isAfterExecution(strike: FaultStrike): strike is AfterStrike {
  return faultsAfterExecution.some((kind) => kind === strike.kind);
}

async function refuse(strike: BeforeStrike, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  switch (strike.kind) {
    case 'lost':
      reply.hijack();
      break;
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      break;
    case 'serverError':
      await reply
        .status(strike.status ?? 503)
        .type('text/html')
        .send(proxyPage(strike.status ?? 503));
      break;
    case 'refusal': {
      const { status = 400 } = strike;
      await reply.status(200).send({ status, message: 'parameter error', data: null, fieldErrors: null });
      break;
    }
    case 'rateLimit':
      await reply
        .status(429)
        .header('retry-after', String(strike.retryAfterSeconds ?? 1))
        .send({ status: 429, message: 'too many requests', data: null, fieldErrors: null });
      break;
  }
}

/** The body, or what comes of it on the way. */
function spoil(
  strike: AfterStrike,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
  clock: Clock,
): unknown {
  const { socket } = request.raw;
  switch (strike.kind) {
    case 'answerLost':
      // Never settles; the request ends when either side closes the connection.
      return new Promise<never>(() => undefined);
    case 'answerReset':
      socket.resetAndDestroy();
      return new Promise<never>(() => undefined);
    case 'malformed':
      return `${payload.slice(0, payload.length >> 1)}}}<<${payload.slice(payload.length >> 1)}`;
    case 'truncated': {
      const bytes = Buffer.from(payload);
      void reply.header('content-length', bytes.length);
      return Readable.from(firstHalfThenGone(bytes, () => socket.destroy()));
    }
    case 'slowDrip':
      return Readable.from(drip(Buffer.from(payload), strike.bytesPerSecond ?? 200, clock));
    case 'html':
      void reply.type('text/html');
      return proxyPage(200);
    case 'emptyBody':
      void reply.status(strike.status ?? 200);
      return '';
    case 'nullData':
      return changed(payload, (envelope) => ({ ...envelope, data: null }));
    case 'wrongTotal':
      return changed(payload, (envelope) => {
        const { data } = envelope;
        if (!isObject(data) || typeof data['total'] !== 'number') return envelope;
        return { ...envelope, data: { ...data, total: Math.max(0, data['total'] + (strike.totalOffset ?? 7)) } };
      });
  }
}

function changed(payload: string, change: (envelope: Record<string, unknown>) => unknown): string {
  const envelope: unknown = JSON.parse(payload);
  return isObject(envelope) ? JSON.stringify(change(envelope)) : payload;
}

async function* firstHalfThenGone(bytes: Buffer, cut: () => void): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, bytes.length >> 1);
  // A turn of the event loop, so that the first half is on its way.
  await new Promise<void>((resolve) => setImmediate(resolve));
  cut();
}

async function* drip(bytes: Buffer, bytesPerSecond: number, clock: Clock): AsyncGenerator<Buffer> {
  const stepMs = 100;
  const stepBytes = Math.max(1, Math.round((bytesPerSecond * stepMs) / 1000));
  for (let at = 0; at < bytes.length; at += stepBytes) {
    await new Promise<void>((resolve) => clock.setTimer(resolve, stepMs, { keepAlive: false }));
    yield bytes.subarray(at, at + stepBytes);
  }
}
