import type { Clock } from '@ecsm/api-types';
import type { Hooks } from 'ky';

import type { ApiErrorReason, ApiFailure } from '../errors/api-error.js';
import type { AttemptEvent } from './attempt-event.js';
import type { ClientMetricsSink } from './client-metrics.js';

/** How to trust the platform and to be trusted by it. */
export interface TlsOptions {
  /** Certificates (PEM) of the authorities to trust in place of the system's. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** The client's certificate chain (PEM). */
  readonly cert?: string | Buffer;
  /** The key (PEM) of `cert`. */
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  /**
   * The name the platform's certificate must have.
   *
   * @defaultValue the host of `baseUrl`
   */
  readonly serverName?: string;
  /**
   * Accepts any certificate, and so any attacker.
   *
   * @defaultValue `false`
   */
  readonly insecureSkipVerify?: boolean;
}

/** When and how often failed attempts are repeated. */
export interface RetryOptions {
  /**
   * Attempts after the first.
   *
   * @defaultValue 2
   */
  readonly maxRetries?: number;
  /**
   * Milliseconds before the first retry; doubles with each.
   *
   * @defaultValue 250
   */
  readonly baseMs?: number;
  /**
   * Longest pause between attempts, in milliseconds.
   *
   * @defaultValue 5000
   */
  readonly maxMs?: number;
}

/** Options of {@link RestClient}; all but `baseUrl` may be left out. */
export interface RestClientOptions {
  /**
   * Where the platform is, such as `http://10.0.0.5:3001`, `http://[fd00::5]:3001` or `https://gateway/ecsm` behind a
   * proxy with a path prefix. `/api/v1` is added unless the path ends with it.
   */
  readonly baseUrl: string | URL;
  /** Headers sent with every request, such as a proxy's credentials. They appear in no log and no error. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Milliseconds for a whole call with all its attempts.
   *
   * @defaultValue 10000
   */
  readonly timeoutMs?: number;
  /**
   * Milliseconds for one attempt, so that a lost request leaves time for another.
   *
   * @defaultValue `timeoutMs`
   */
  readonly attemptTimeoutMs?: number;
  /**
   * Milliseconds to make a connection, TLS included.
   *
   * @defaultValue 5000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds an idle connection is kept. Below the 5 s after which many servers close theirs, since a request that
   * meets the closing one fails with an unknown outcome.
   *
   * @defaultValue 4000
   */
  readonly keepAliveMs?: number;
  readonly retry?: RetryOptions;
  /**
   * Requests in flight at once.
   *
   * @defaultValue 8
   */
  readonly maxConcurrent?: number;
  /**
   * Requests started per second, on average.
   *
   * @defaultValue no limit
   */
  readonly requestsPerSecond?: number;
  /**
   * Requests that may start at once after a quiet time, where `requestsPerSecond` is set.
   *
   * @defaultValue 10
   */
  readonly burst?: number;
  /**
   * Longest wait that a `Retry-After` of the platform imposes on all calls, in milliseconds.
   *
   * @defaultValue 60000
   */
  readonly maxRetryAfterMs?: number;
  /**
   * Largest answer in bytes, decompressed.
   *
   * @defaultValue 16777216 (16 MiB)
   */
  readonly maxResponseBytes?: number;
  /**
   * Whether compressed answers are asked for.
   *
   * @defaultValue `true`
   */
  readonly compression?: boolean;
  readonly tls?: TlsOptions;
  /** ky's hooks, for what a particular installation needs, such as a signature header. */
  readonly hooks?: Hooks;
  /** Told about every attempt when it is over. What it throws is ignored. */
  readonly onAttempt?: (event: AttemptEvent) => void;
  /** Where counts and durations go. What it throws is ignored. */
  readonly metrics?: ClientMetricsSink;
  /**
   * Reads the reason of a refusal, for platforms whose codes are known better than ours.
   *
   * @defaultValue {@link apiErrorReason}
   */
  readonly reasonOf?: (failure: ApiFailure) => ApiErrorReason;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /**
   * Chance between 0 and 1, for the spread of retries.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}
