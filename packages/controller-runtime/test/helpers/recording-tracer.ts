import {
  INVALID_SPAN_CONTEXT,
  trace,
  type Exception,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';

/** A span as it was recorded: with what, and what happened to it in which order. */
export interface RecordedSpan {
  readonly name: string;
  readonly attributes: SpanOptions['attributes'];
  readonly span: Span;
  readonly steps: (readonly [step: 'exception' | 'status' | 'end', detail?: unknown])[];
}

/** A tracer that keeps its spans. */
export function recordingTracer(): { readonly tracer: Tracer; readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  const startSpan = (name: string, options: SpanOptions = {}): Span => {
    const steps: RecordedSpan['steps'] = [];
    const span: Span = Object.assign(trace.wrapSpanContext(INVALID_SPAN_CONTEXT), {
      recordException: (exception: Exception) => void steps.push(['exception', exception]),
      setStatus: (status: unknown) => {
        steps.push(['status', status]);
        return span;
      },
      end: () => void steps.push(['end']),
    });
    spans.push({ name, attributes: options.attributes, span, steps });
    return span;
  };
  const tracer: Tracer = {
    startSpan,
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const action = rest.at(-1) as (span: Span) => never;
      return action(startSpan(name, rest[0] as SpanOptions));
    },
  };
  return { tracer, spans };
}
