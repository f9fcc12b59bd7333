import { formatKey } from '@ecsm/api-types';
import type { Span, Tracer } from '@opentelemetry/api';

import type { Run } from '../run/run.js';

/** Does a run within a span of its own; without a tracer just does it. */
export function traced<R>(tracer: Tracer | undefined, run: Run, action: () => Promise<R>): Promise<R> {
  if (tracer === undefined) return action();
  const attributes = {
    'ecsm.controller': run.controller,
    'ecsm.object': formatKey(run.key),
    'ecsm.attempt': run.attempt,
    'ecsm.causes': run.causes.map(({ source, type }) => `${source}:${type}`),
  };
  return tracer.startActiveSpan(`reconcile ${run.controller}`, { attributes }, async (span: Span) => {
    run.span = span;
    try {
      return await action();
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      // Loaded where it is needed: programs without a tracer never are.
      const { SpanStatusCode } = await import('@opentelemetry/api');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
