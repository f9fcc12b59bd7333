import { isEcsmClientError, type EcsmClientError } from '@ecsm/ecsm-client';
import type { Problem } from '@ecsm/planner';

import { messageLine } from '../internal/message-line.js';
import { UnreadableServiceError } from '../platform/unreadable-service-error.js';
import { BlockedError } from './blocked-error.js';

/** What a failed attempt to act means. */
export type Failure =
  /** The platform did not answer, or not in a way that can be understood; it is tried again soon. */
  | { readonly type: 'unreachable'; readonly problem: Problem }
  /** The platform, or we ourselves, refuse to do it; somebody has to change something. */
  | { readonly type: 'refused'; readonly problem: Problem }
  /** Not about the platform at all. */
  | { readonly type: 'other'; readonly error: unknown };

/** Refusals that are about the platform's state rather than about what was asked. */
const passing: readonly string[] = ['Unavailable', 'TooManyRequests'];

function refusal(error: EcsmClientError): { readonly reason: string; readonly apiMessage: string } | undefined {
  if (error.code !== 'ApiError' || !('reason' in error) || !('apiMessage' in error)) return undefined;
  return { reason: String(error.reason), apiMessage: String(error.apiMessage) };
}

/** Tells what a failed attempt to act means. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof BlockedError) return { type: 'refused', problem: error.problem };
  if (error instanceof UnreadableServiceError) {
    return { type: 'unreachable', problem: { reason: 'UnreadableService', message: error.message } };
  }
  if (!isEcsmClientError(error)) return { type: 'other', error };
  const refused = refusal(error);
  if (refused === undefined || passing.includes(refused.reason)) {
    return { type: 'unreachable', problem: { reason: error.code, message: messageLine(error) } };
  }
  const fields = 'fieldErrors' in error ? error.fieldErrors : undefined;
  const words = typeof fields === 'string' ? fields : JSON.stringify(fields ?? '').slice(0, 300);
  const detail = refused.apiMessage.includes(words) || words === '""' ? '' : `: ${words}`;
  return {
    type: 'refused',
    problem: { reason: 'PlatformRefused', message: `the platform refuses: ${refused.apiMessage}${detail}` },
  };
}
