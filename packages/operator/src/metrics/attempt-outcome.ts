import {
  ApiError,
  CallTimeoutError,
  ConnectionFailedError,
  isEcsmClientError,
  type AttemptEvent,
} from '@ecsm/ecsm-client';

const lookups = /^(?:ENOTFOUND|EAI_)/;
const certificates = /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** How a request ended, in a word for metrics: `ok`, `dns`, `tls`, `timeout`, `refused`, `unreachable`, … */
export function attemptOutcome({ error }: Pick<AttemptEvent, 'error'>): string {
  if (error === undefined) return 'ok';
  if (error instanceof ConnectionFailedError) {
    const reason = error.reason ?? '';
    if (lookups.test(reason)) return 'dns';
    return certificates.test(reason) ? 'tls' : 'unreachable';
  }
  if (error instanceof CallTimeoutError) return error.phase === 'waiting' ? 'budget' : 'timeout';
  if (error instanceof ApiError) return 'refused';
  return isEcsmClientError(error) ? error.code.toLowerCase() : 'failed';
}
