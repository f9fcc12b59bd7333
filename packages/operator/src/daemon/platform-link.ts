import { X509Certificate } from 'node:crypto';

import { systemClock, type Clock } from '@ecsm/api-types';
import { CallTimeoutError, createClientset, type AttemptEvent, type RestClientset } from '@ecsm/ecsm-client';

import type { Settings } from '../config/settings.js';
import type { OperatorMetrics } from '../metrics/operator-metrics.js';
import type { LinkBudget } from './link-budget.js';
import { readSecretFile, readToken } from './listener-guard.js';

/** What {@link connectPlatform} needs. */
export interface PlatformLinkOptions {
  readonly settings: Settings;
  readonly baseUrl: string;
  readonly budget: LinkBudget;
  /** Throws when this process must not write to the platform. */
  readonly assertMayWrite: () => void;
  readonly metrics?: OperatorMetrics | undefined;
  readonly clock?: Clock;
  /** Told about every request when it is over, and what it took on the link in bytes. */
  readonly onAttempt?: (event: AttemptEvent, bytes: number) => void;
  /** Told when configured certificates end: wall-clock milliseconds. */
  readonly onCertificate?: (file: string, endsAtMs: number) => void;
}

/** How long a request waits for the budget, where there is one; one that would wait longer fails at once: milliseconds. */
const patienceMs = 30_000;

/** Connects to the platform as the settings say: with its certificates, within the budget, and only as the leader. */
export async function connectPlatform(options: PlatformLinkOptions): Promise<RestClientset> {
  const { settings, baseUrl, budget, metrics, clock = systemClock } = options;
  const isMetered = settings.requestBudget !== undefined || settings.byteBudget !== undefined;
  // Waiting for the budget is no fault of the platform, and must not use up the time it is given.
  const timeoutMs = settings.requestTimeoutMs + (isMetered ? patienceMs : 0);
  const longestMs = isMetered ? patienceMs : timeoutMs / 2;
  const token = await readToken('--platform-token-file', settings.platformTokenFile, settings.platformToken);
  const tls = await readTls(options);
  const turn = async (request: Request): Promise<void> => {
    if (request.method !== 'GET') options.assertMayWrite();
    for (let waitMs = budget.take(); waitMs > 0; waitMs = budget.take()) {
      if (waitMs > longestMs) throw new CallTimeoutError(request, 'waiting', waitMs);
      await new Promise<void>((resolve) => clock.setTimer(resolve, waitMs));
      request.signal.throwIfAborted();
    }
    if (request.method !== 'GET') options.assertMayWrite();
  };
  return createClientset({
    baseUrl,
    timeoutMs,
    clock,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(tls === undefined ? {} : { tls }),
    ...(metrics === undefined ? {} : { metrics }),
    hooks: { beforeRequest: [(request) => turn(request)] },
    onAttempt: (event) => {
      const bytes = budget.pay(event.requestBytes + event.responseBytes);
      metrics?.attempted(event);
      options.onAttempt?.(event, bytes);
    },
  });
}

async function readTls({
  settings,
  onCertificate,
}: PlatformLinkOptions): Promise<{ ca?: string; cert?: string; key?: string } | undefined> {
  const { platformCaFile: caFile, platformCertFile: certFile, platformKeyFile: keyFile } = settings;
  if (caFile === undefined && certFile === undefined) return undefined;
  const ca = caFile === undefined ? undefined : await readSecretFile('--platform-ca-file', caFile);
  const cert = certFile === undefined ? undefined : await readSecretFile('--platform-cert-file', certFile);
  const key = keyFile === undefined ? undefined : await readSecretFile('--platform-key-file', keyFile);
  for (const [file, pem] of [
    [caFile, ca],
    [certFile, cert],
  ]) {
    if (file !== undefined && pem !== undefined) onCertificate?.(file, certificateEnd(pem));
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** When the first certificate of a PEM text ends: wall-clock milliseconds. */
export function certificateEnd(pem: string): number {
  return Date.parse(new X509Certificate(pem).validTo);
}
