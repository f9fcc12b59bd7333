import { systemClock, type Clock } from '@ecsm/api-types';
import {
  CallTimeoutError,
  createClientset,
  type AttemptEvent,
  type Clientset,
  type TlsOptions,
} from '@ecsm/ecsm-client';

import type { Settings } from '../config/settings.js';
import type { OperatorMetrics } from '../metrics/operator-metrics.js';
import { readKeyPair, readSecretFile, readToken } from './access-files.js';
import type { LinkBudget } from './link-budget.js';
import { ReplaceableClientset } from './replaceable-clientset.js';

/** What {@link PlatformLink.connect} needs. */
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
  /** Told of the certificates (PEM) of configured files. */
  readonly onCertificate?: (file: string, pem: string) => void;
}

/** What the settings, and the files that they name, say of the way to the platform. */
interface Access {
  readonly timeoutMs: number;
  /** How long a request waits for its turn at most. */
  readonly longestMs: number;
  readonly token: string | undefined;
  readonly tls: TlsOptions | undefined;
}

/** How long a request waits for the budget, where there is one; one that would wait longer fails at once: milliseconds. */
const patienceMs = 30_000;
/** How long what is under way may go on over connections that are given up: milliseconds. */
const graceMs = 120_000;

/** The way to the platform as the settings say: with its certificates, within the budget, and only as the leader. */
export class PlatformLink implements AsyncDisposable {
  readonly clientset: ReplaceableClientset;
  readonly #options: PlatformLinkOptions;
  #access: Access;

  private constructor(options: PlatformLinkOptions, access: Access) {
    this.#options = options;
    this.#access = access;
    this.clientset = new ReplaceableClientset(connect(options, access), options.clock);
  }

  /**
   * Reads what it takes. Nothing is sent before the first call.
   *
   * @throws UsageError when a file that a setting names cannot be used
   */
  static async connect(options: PlatformLinkOptions): Promise<PlatformLink> {
    return new PlatformLink(options, await readAccess(options, options.settings));
  }

  /**
   * Reads the files anew; returns what has the new access hold, or `undefined` where nothing has changed.
   *
   * @throws UsageError when a file that a setting names cannot be used
   */
  async prepare(settings: Settings): Promise<(() => void) | undefined> {
    const access = await readAccess(this.#options, settings);
    if (JSON.stringify(access) === JSON.stringify(this.#access)) return undefined;
    const next = connect(this.#options, access);
    return () => {
      this.#access = access;
      this.clientset.replace(next, graceMs);
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.clientset.close();
  }
}

function connect(options: PlatformLinkOptions, { timeoutMs, longestMs, token, tls }: Access): Clientset {
  const { baseUrl, budget, metrics, clock = systemClock } = options;
  const turn = async (request: Request): Promise<void> => {
    if (request.method !== 'GET') options.assertMayWrite();
    for (let waitMs = budget.take(); waitMs > 0; waitMs = budget.take()) {
      // Named by the limit, which does not change from one try to the next.
      if (waitMs > longestMs) throw new CallTimeoutError(request, 'waiting', longestMs);
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

async function readAccess(options: PlatformLinkOptions, settings: Settings): Promise<Access> {
  const isMetered = settings.requestBudget !== undefined || settings.byteBudget !== undefined;
  // Waiting for the budget is no fault of the platform, and must not use up the time it is given.
  const timeoutMs = settings.requestTimeoutMs + (isMetered ? patienceMs : 0);
  const longestMs = isMetered ? patienceMs : timeoutMs / 2;
  const token = await readToken('platform', settings.platformTokenFile, settings.platformToken);
  return { timeoutMs, longestMs, token, tls: await readTls(options, settings) };
}

async function readTls({ onCertificate }: PlatformLinkOptions, settings: Settings): Promise<TlsOptions | undefined> {
  const { platformCaFile: caFile, platformCertFile: certFile, platformKeyFile: keyFile } = settings;
  const ca = caFile === undefined ? undefined : await readSecretFile('--platform-ca-file', caFile);
  const pair =
    certFile === undefined || keyFile === undefined ? undefined : await readKeyPair('platform', certFile, keyFile);
  if (caFile !== undefined && ca !== undefined) onCertificate?.(caFile, ca);
  if (certFile !== undefined && pair !== undefined) onCertificate?.(certFile, pair.cert);
  return ca === undefined && pair === undefined ? undefined : { ...(ca === undefined ? {} : { ca }), ...pair };
}
