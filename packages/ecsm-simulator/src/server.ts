import Fastify, { type FastifyInstance } from 'fastify';

import type { Cluster } from './cluster/cluster.js';
import { PlatformError } from './cluster/platform-error.js';
import { containerRoutes } from './routes/container.js';
import { imageRoutes } from './routes/image.js';
import { nodeRoutes } from './routes/node.js';
import { overviewRoutes } from './routes/overview.js';
import { recordRoutes } from './routes/record.js';
import { serviceRoutes } from './routes/service.js';

/** Where the platform's calls live. */
export const apiPrefix = '/api/v1';

/** The HTTP side of a cluster, not yet listening. */
export function createServer(cluster: Cluster): FastifyInstance {
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
      done(
        new PlatformError('invalid', `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`),
      );
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
      nodeRoutes(api, cluster);
      overviewRoutes(api, cluster);
      imageRoutes(api, cluster);
      serviceRoutes(api, cluster);
      recordRoutes(api, cluster);
      containerRoutes(api, cluster);
      done();
    },
    { prefix: apiPrefix },
  );
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
