import { formatKey } from '@ecsm/api-types';
import type { Span, SpanStatusCode, Tracer } from '@opentelemetry/api';

import type { Run } from '../run/run.js';
import { asError } from './as-error.js';

/** What {@link traced} makes spans with. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Takes secrets out of messages. */
  readonly redact: (message: string) => string;
  /** The constant itself: only programs with a tracer load OpenTelemetry. */
  readonly failed: SpanStatusCode.ERROR;
}

/** Does a run within a span of its own; without a tracer just does it. */
export function traced<R>(tracing: Tracing | undefined, run: Run, action: () => Promise<R>): Promise<R> {
  if (tracing === undefined) return action();
  const { tracer, redact, failed } = tracing;
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
      const { name, message, stack = '' } = asError(error);
      span.recordException({ name, message: redact(message), stack: redact(stack) });
      span.setStatus({ code: failed, message: redact(message) });
      throw error;
    } finally {
      span.end();
    }
  });
}
