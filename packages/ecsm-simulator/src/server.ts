import { messageOf, type Clock } from '@ecsm/api-types';
import Fastify, { type FastifyInstance } from 'fastify';

import type { Cluster } from './cluster/cluster.js';
import { PlatformError } from './cluster/platform-error.js';
import type { FaultInjector } from './faults/fault-injector.js';
import { injectFaults } from './faults/fault-hooks.js';
import type { RequestCounter } from './request-counter.js';
import { configMapRoutes } from './routes/configmap.js';
import { containerRoutes } from './routes/container.js';
import { imageRoutes } from './routes/image.js';
import { microServiceRoutes } from './routes/micro-service.js';
import { nodeRoutes } from './routes/node.js';
import { overviewRoutes } from './routes/overview.js';
import { recordRoutes } from './routes/record.js';
import { serviceRoutes } from './routes/service.js';
import { templateRoutes } from './routes/template.js';

/** Where the platform's calls live. */
export const apiPrefix = '/api/v1';

/** What the server's requests pass on their way to the cluster. */
export interface ServerParts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly requests: RequestCounter;
  /** Adds the control interface. */
  readonly control: ((server: FastifyInstance) => void) | undefined;
}

/** The HTTP side of a cluster, not yet listening. */
export function createServer({ clock, cluster, control, faults, requests }: ServerParts): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    // Ten thousand ids in one body are a few hundred kilobytes.
    bodyLimit: 16 * 1024 * 1024,
  });

  // A body is JSON whatever its content type says, and an empty one is none: programs send both.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const text = String(body).trim();
    if (text === '') {
      done(null, undefined);
      return;
    }
    try {
      done(null, JSON.parse(text));
    } catch (error) {
      done(new PlatformError('invalid', `the body is not JSON: ${messageOf(error)}`));
    }
  });

  // What is overdue has happened before anyone looks.
  server.addHook('preHandler', (_request, _reply, done) => {
    cluster.timeline.catchUp();
    done();
  });

  server.setErrorHandler((error, _request, reply) => {
    const refusal = refusalOf(error);
    const { failureHttpStatus, fieldErrors } = cluster.settings;
    const fields = refusal.fieldErrors;
    return reply.status(failureHttpStatus === 'envelope' ? refusal.status : 200).send({
      status: refusal.status,
      message: refusal.message,
      data: null,
      fieldErrors:
        fields === undefined || fieldErrors === 'object'
          ? (fields ?? null)
          : Object.entries(fields)
              .map(([field, rule]) => `${field} ${rule}`)
              .join('; '),
    });
  });

  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({
      status: 404,
      message: `no such call: ${request.method} ${request.url.split('?')[0] ?? ''}`,
      data: null,
      fieldErrors: null,
    }),
  );

  server.register(
    (api, _options, done) => {
      requests.watch(api);
      injectFaults(api, faults, clock, apiPrefix);
      nodeRoutes(api, cluster);
      overviewRoutes(api, cluster);
      imageRoutes(api, cluster);
      serviceRoutes(api, cluster);
      recordRoutes(api, cluster);
      containerRoutes(api, cluster);
      templateRoutes(api, cluster);
      configMapRoutes(api, cluster);
      microServiceRoutes(api, cluster);
      done();
    },
    { prefix: apiPrefix },
  );
  if (control !== undefined) {
    server.register(
      (scope, _options, done) => {
        control(scope);
        done();
      },
      { prefix: '/control' },
    );
  }
  return server;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly fieldErrors?: Readonly<Record<string, string>> | undefined;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof PlatformError) return error;
  if (error instanceof Error) {
    const { statusCode } = error as Error & { readonly statusCode?: number };
    return { status: statusCode ?? 500, message: error.message };
  }
  return { status: 500, message: String(error) };
}
