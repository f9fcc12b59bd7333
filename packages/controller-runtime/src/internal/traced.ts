import { asError, formatKey } from '@ecsm/api-types';
import type { Span, SpanStatusCode, Tracer } from '@opentelemetry/api';

import type { Run } from '../run/run.js';
import { stackOf } from './stack-of.js';

/** What {@link traced} makes spans with. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Takes secrets out of messages. */
  readonly redact: (message: string) => string;
  /** The constant itself: only programs with a tracer load OpenTelemetry. */
  readonly failed: SpanStatusCode.ERROR;
}

/** Does a run within a span of its own; without a tracer just does it. A tracer that fails costs its span, not the run. */
export function traced<R>(tracing: Tracing | undefined, run: Run, action: () => Promise<R>): Promise<R> {
  if (tracing === undefined) return action();
  const attributes = {
    'ecsm.controller': run.controller,
    'ecsm.object': formatKey(run.key),
    'ecsm.attempt': run.attempt,
    'ecsm.causes': run.causes.map(({ source, type }) => `${source}:${type}`),
  };
  let doing: Promise<R> | undefined;
  try {
    tracing.tracer.startActiveSpan(`reconcile ${run.controller}`, { attributes }, (span: Span) => {
      run.span = span;
      doing = action();
      void endWith(span, doing, tracing).catch(() => undefined);
    });
  } catch {
    // Begun or not, the run goes on below.
  }
  return doing ?? action();
}

async function endWith(span: Span, doing: Promise<unknown>, { redact, failed }: Tracing): Promise<void> {
  try {
    await doing;
  } catch (thrown) {
    const error = asError(thrown);
    const message = redact(error.message);
    span.recordException({ name: error.name, message, stack: redact(stackOf(error)) });
    span.setStatus({ code: failed, message });
  } finally {
    span.end();
  }
}
