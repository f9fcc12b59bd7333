import { systemClock, withoutCredentials } from '@ecsm/api-types';

import { apiErrorReason } from '../rest/api-error-reason.js';
import type { RestClientOptions } from '../rest/rest-client-options.js';

/** The options of a client with every default filled in. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>;

/** Fills in the defaults and refuses what cannot work. */
export function resolveOptions(options: RestClientOptions) {
  const timeoutMs = positive('timeoutMs', options.timeoutMs, 10_000);
  return {
    baseUrl: parseBaseUrl(options.baseUrl),
    headers: options.headers ?? {},
    timeoutMs,
    attemptTimeoutMs: positive('attemptTimeoutMs', options.attemptTimeoutMs, Infinity),
    connectTimeoutMs: positive('connectTimeoutMs', options.connectTimeoutMs, 5000),
    keepAliveMs: positive('keepAliveMs', options.keepAliveMs, 4000),
    maxRetries: atLeast('retry.maxRetries', options.retry?.maxRetries, 2, 0),
    backoff: {
      baseMs: positive('retry.baseMs', options.retry?.baseMs, 250),
      maxMs: positive('retry.maxMs', options.retry?.maxMs, 5000),
    },
    gate: {
      maxConcurrent: atLeast('maxConcurrent', options.maxConcurrent, 8, 1),
      perSecond: positive('requestsPerSecond', options.requestsPerSecond, Infinity),
      burst: atLeast('burst', options.burst, 10, 1),
    },
    maxRetryAfterMs: positive('maxRetryAfterMs', options.maxRetryAfterMs, 60_000),
    maxResponseBytes: positive('maxResponseBytes', options.maxResponseBytes, 16 * 1024 * 1024),
    compression: options.compression ?? true,
    tls: options.tls,
    hooks: options.hooks,
    onAttempt: options.onAttempt,
    metrics: options.metrics,
    reasonOf: options.reasonOf ?? apiErrorReason,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

/** Checks the address of the platform and completes it to the root of its API, without a slash at the end. */
function parseBaseUrl(baseUrl: string | URL): string {
  const given = String(baseUrl);
  const shown = JSON.stringify(withoutCredentials(given.replace(/[?#].*$/s, '')));
  if (!URL.canParse(given)) {
    throw new TypeError(
      `baseUrl ${shown} is not a URL; it looks like http://10.0.0.5:3001 (IPv6 addresses in brackets)`,
    );
  }
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`baseUrl ${shown} must begin with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl must not hold credentials: they would show up in logs; use the option headers');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new TypeError(`baseUrl ${shown} must not have a query or fragment`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith('/api/v1') ? path : `${path}/api/v1`}`;
}

function positive(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError(`${name} is ${String(value)}; it must be a number above 0`);
}

function atLeast(name: string, value: number | undefined, fallback: number, least: number): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= least) return value;
  throw new TypeError(`${name} is ${String(value)}; it must be a whole number of at least ${least}`);
}
