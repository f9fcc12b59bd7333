/** Faults that keep a request from being executed. */
export const faultsBeforeExecution = [
  /** Never arrives: no answer, the connection stays open. */
  'lost',
  /** The connection is reset. */
  'reset',
  /** HTTP `status` (default 503) with a proxy's HTML page. */
  'serverError',
  /** HTTP 200 with an envelope of `status` (default 400). */
  'refusal',
  /** HTTP 429 with `Retry-After: retryAfterSeconds` (default 1). */
  'rateLimit',
] as const;

/** Faults of the answer: the request has been executed. */
export const faultsAfterExecution = [
  /** The answer never comes. */
  'answerLost',
  /** The connection is reset instead of an answer. */
  'answerReset',
  /** The body is no JSON. */
  'malformed',
  /** The body ends in the middle, and the connection with it. */
  'truncated',
  /** The body comes at `bytesPerSecond` (default 200). */
  'slowDrip',
  /** HTTP 200 with an HTML page. */
  'html',
  /** HTTP `status` (default 200) without a body. */
  'emptyBody',
  /** `data` is null. */
  'nullData',
  /** A page's `total` is off by `totalOffset` (default 7). */
  'wrongTotal',
] as const;

/** What can go wrong with one request; `delay` makes it take `delayMs` longer, give or take `jitterMs`. */
export const faultKinds = ['delay', ...faultsBeforeExecution, ...faultsAfterExecution] as const;
/** One of {@link faultKinds}. */
export type FaultKind = (typeof faultKinds)[number];

/** The figures of a fault; each kind uses its own. */
export interface FaultFigures {
  /** Of `delay`. @defaultValue 0 */
  readonly delayMs?: number;
  /** Of `delay`: at most this much more or less. @defaultValue 0 */
  readonly jitterMs?: number;
  /** Of `serverError`, `refusal` and `emptyBody`. */
  readonly status?: number;
  /** Of `rateLimit`. @defaultValue 1 */
  readonly retryAfterSeconds?: number;
  /** Of `slowDrip`. @defaultValue 200 */
  readonly bytesPerSecond?: number;
  /** Of `wrongTotal`. @defaultValue 7 */
  readonly totalOffset?: number;
}

/** Something that goes wrong with some requests, by chance or by count. */
export interface FaultRule extends FaultFigures {
  readonly kind: FaultKind;
  /**
   * Which calls: `POST /service`, `/container/*`, `GET *`; paths without `/api/v1`, `*` stands for anything.
   *
   * @defaultValue every call
   */
  readonly route?: string;
  /** @defaultValue 1 */
  readonly probability?: number;
  /** Lets this many matching requests through first. @defaultValue 0 */
  readonly skip?: number;
  /** Strikes at most this often. @defaultValue no limit */
  readonly times?: number;
}

/** What happens to matching requests one after the other; after the last word nothing more happens. */
export interface FaultScript extends FaultFigures {
  /** As in {@link FaultRule.route}. */
  readonly route?: string;
  readonly script: readonly (FaultKind | 'none')[];
}

/** A link that goes away again and again. */
export interface OutagePattern {
  /** Time from the start of one outage to the start of the next. */
  readonly everyMs: number;
  readonly lastMs: number;
  /** Time to the first outage. @defaultValue `everyMs` */
  readonly firstAfterMs?: number;
  /** What becomes of requests meanwhile. @defaultValue `lost` */
  readonly kind?: 'lost' | 'reset';
}

/** Everything that goes wrong. Times are milliseconds of the clock, whatever the speed of the simulation. */
export interface FaultPlan {
  /** Added to every request. @defaultValue 0 */
  readonly latencyMs?: number;
  /** At most this much more or less than `latencyMs`. @defaultValue 0 */
  readonly jitterMs?: number;
  /** The first that matches and strikes decides; delays add up. */
  readonly rules?: readonly (FaultRule | FaultScript)[];
  readonly outages?: OutagePattern;
  /** More requests than this in any one second are answered with 429. */
  readonly requestsPerSecond?: number;
}

/** Ready-made plans. */
export const faultPresets = {
  /** A wire: a millisecond, nothing lost. */
  lan: { latencyMs: 1, jitterMs: 1 },
  /** A plant or a vehicle: 40 ms, about 2 % of requests go wrong. */
  edge: {
    latencyMs: 40,
    jitterMs: 30,
    rules: [
      { kind: 'lost', probability: 0.005 },
      { kind: 'answerLost', probability: 0.005 },
      { kind: 'reset', probability: 0.005 },
      { kind: 'serverError', probability: 0.005 },
    ],
  },
  /** A satellite: 600 ms, 8 % of requests lost or unanswered, 90 s of silence every 15 minutes. */
  satellite: {
    latencyMs: 600,
    jitterMs: 150,
    rules: [
      { kind: 'lost', probability: 0.04 },
      { kind: 'answerLost', probability: 0.035 },
      { kind: 'truncated', probability: 0.005 },
    ],
    outages: { everyMs: 900_000, lastMs: 90_000 },
  },
} as const satisfies Record<string, FaultPlan>;

/** Name of a ready-made plan. */
export type FaultPreset = keyof typeof faultPresets;

/** Names of the ready-made plans. */
export const faultPresetNames = ['lan', 'edge', 'satellite'] as const satisfies readonly FaultPreset[];
