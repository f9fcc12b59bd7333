import { X509Certificate } from 'node:crypto';

import { systemClock, type Clock } from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';

import { UsageError } from '../config/usage-error.js';

/** A certificate that ends within this time is worth a warning: milliseconds. */
const warningMs = 14 * 86_400_000;

/** Options of {@link Certificates}. */
export interface CertificatesOptions {
  readonly log: Logger;
  readonly clock?: Clock;
  /** Told when a certificate ends: wall-clock milliseconds; `undefined` for one that is no longer configured. */
  readonly onCertificate?: (file: string, endsAtMs: number | undefined) => void;
}

/** Watches when the configured certificates end, and warns two weeks before and at the end, once each. */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #clock: Clock;
  readonly #ends = new Map<string, { readonly endsAtMs: number; told?: 'soon' | 'ended' }>();

  constructor(options: CertificatesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Takes the certificates (PEM) of a file.
   *
   * @throws UsageError naming a file that holds none
   */
  read(file: string, pem: string): void {
    const endsAtMs = certificateEnd(file, pem);
    this.#options.onCertificate?.(file, endsAtMs);
    if (this.#ends.get(file)?.endsAtMs !== endsAtMs) this.#ends.set(file, { endsAtMs });
    this.look();
  }

  /** Forgets the certificates of all files but these. */
  keepOnly(files: readonly (string | undefined)[]): void {
    for (const file of this.#ends.keys()) {
      if (files.includes(file)) continue;
      this.#ends.delete(file);
      this.#options.onCertificate?.(file, undefined);
    }
  }

  /** Warns of what ends. Cheap: to be called now and then. */
  look(): void {
    for (const [file, end] of this.#ends) {
      const leftMs = end.endsAtMs - this.#clock.now();
      const state = leftMs <= 0 ? 'ended' : leftMs <= warningMs ? 'soon' : undefined;
      if (state === undefined || state === end.told) continue;
      end.told = state;
      const message = state === 'soon' ? 'this certificate ends soon' : 'this certificate has ended';
      const fields = { file, endsAt: new Date(end.endsAtMs).toISOString() };
      if (state === 'soon') this.#options.log.warn(fields, message);
      else this.#options.log.error(fields, message);
    }
  }
}

/** When the first certificate of a PEM text ends: wall-clock milliseconds. */
function certificateEnd(file: string, pem: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch (error) {
    throw new UsageError(`${file} holds no certificate (PEM)`, { cause: error });
  }
}
