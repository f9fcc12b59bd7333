import { messageOf } from '@ecsm/api-types';
import type { FastifyInstance } from 'fastify';

import { clusterTable } from '../cluster-table.js';
import type { Cluster } from '../cluster/cluster.js';
import { nodeLosses } from '../cluster/nodes.js';
import { PlatformError } from '../cluster/platform-error.js';
import type { FaultInjector } from '../faults/fault-injector.js';
import type { FaultPlan, FaultPreset } from '../faults/fault-plan.js';
import type { RequestCounter } from '../request-counter.js';
import { check } from '../spec/check.js';
import { operatingSystems, type ImageSpec, type Load } from '../spec/cluster-spec.js';
import { SpecError } from '../spec/spec-error.js';
import { Body } from './body.js';

/** What the control interface works on. */
export interface ControlTargets {
  readonly cluster: Cluster;
  readonly faults: FaultInjector;
  readonly requests: RequestCounter;
}

/**
 * The control interface for tests: disturbs the cluster and looks inside. No part of the platform's API.
 *
 * Answers are plain JSON without an envelope; failures have an HTTP status of 400, 404 or 409 and `{error}`.
 */
export function controlRoutes(control: FastifyInstance, { cluster, faults, requests }: ControlTargets): void {
  control.setErrorHandler((error, _request, reply) => {
    const status = error instanceof PlatformError ? error.status : error instanceof SpecError ? 400 : 500;
    return reply.status(status).send({ error: messageOf(error) });
  });

  control.get('/state', () => cluster.save());
  control.get('/table', (_request, reply) => reply.type('text/plain; charset=utf-8').send(clusterTable(cluster)));
  control.get('/time', () => timeOf(cluster));

  control.post('/container/kill', (request) => {
    const body = new Body(request.body);
    const name = body.text('container');
    const restart = body.optionalFlag('restart') ?? true;
    body.done();
    cluster.killContainer(name, { restart });
    return {};
  });

  control.post('/container/health', (request) => {
    const body = new Body(request.body);
    const name = body.text('container');
    const healthy = body.optionalFlag('healthy') ?? true;
    body.done();
    cluster.setHealthy(name, healthy);
    return {};
  });

  control.post('/node/down', (request) => {
    const body = new Body(request.body);
    const name = body.text('node');
    const loss = body.optionalWord('loss', nodeLosses) ?? 'power';
    body.done();
    cluster.takeNodeDown(name, loss);
    return {};
  });

  control.post('/node/up', (request) => {
    const body = new Body(request.body);
    const name = body.text('node');
    body.done();
    cluster.bringNodeUp(name);
    return {};
  });

  control.post('/node/type', (request) => {
    const body = new Body(request.body);
    const name = body.text('node');
    const os = body.word('os', operatingSystems);
    body.done();
    cluster.nodes.changeType(cluster.node(name), os);
    return {};
  });

  control.post('/load', (request) => {
    const body = new Body(request.body);
    const service = body.text('service');
    body.done();
    const load = body.raw('load');
    assertLoad(load);
    cluster.setLoad(service, load);
    return {};
  });

  control.post('/image', ({ body }) => {
    assertImage(body);
    const { id, ref, digest } = cluster.pushImage(body);
    return { id, ref, digest };
  });

  control.get('/faults', () => faults.plan);
  control.post('/faults', ({ body }) => {
    const plan = body ?? {};
    assertFaults(plan);
    faults.setPlan(plan);
    return faults.plan;
  });

  control.post('/outage', (request) => {
    const body = new Body(request.body);
    const lastMs = body.optionalNumber('lastMs') ?? 0;
    const kind = body.optionalWord('kind', ['lost', 'reset']) ?? 'lost';
    body.done();
    faults.startOutage(lastMs, kind);
    return {};
  });

  control.post('/advance', (request) => {
    const body = new Body(request.body);
    const byMs = body.optionalNumber('byMs') ?? 0;
    body.done();
    if (byMs < 0) throw new PlatformError('invalid', `byMs: ${byMs} must be 0 or more`);
    cluster.advance(byMs);
    return timeOf(cluster);
  });

  control.post('/speed', (request) => {
    const body = new Body(request.body);
    const speed = body.optionalNumber('speed') ?? 1;
    body.done();
    if (speed < 0) throw new PlatformError('invalid', `speed: ${speed} must be 0 or more`);
    cluster.timeline.setSpeed(speed);
    return timeOf(cluster);
  });

  control.get('/requests', () => Object.fromEntries(requests.counts));
  control.delete('/requests', () => {
    requests.reset();
    return {};
  });
}

function timeOf({ nowMs, timeline }: Cluster) {
  return { nowMs, elapsedMs: timeline.elapsedMs, speed: timeline.speed, pending: timeline.pending };
}

function assertImage(body: unknown): asserts body is ImageSpec {
  check('image', body ?? null, 'image');
}

function assertLoad(load: unknown): asserts load is Load {
  check('load', load ?? null, 'load');
}

function assertFaults(plan: unknown): asserts plan is FaultPlan | FaultPreset {
  check('faults', plan, 'faults');
}
