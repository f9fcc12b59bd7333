import { messageOf } from '@ecsm/api-types';

import { CliError, ReportedError } from './cli-error.js';
import { exitCodes, type ExitCode } from './exit-code.js';

/** An error as the user gets to see it. */
export interface PresentedError {
  /** Absent when everything has been said. */
  readonly message?: string;
  readonly hint?: string | undefined;
  readonly exitCode: ExitCode;
}

function hasFields<K extends string>(error: unknown, ...fields: readonly K[]): error is Readonly<Record<K, unknown>> {
  return typeof error === 'object' && error !== null && fields.every((field) => field in error);
}

const codeOfReason: Readonly<Record<string, ExitCode>> = {
  NotFound: exitCodes.notFound,
  Conflict: exitCodes.conflict,
  AlreadyExists: exitCodes.conflict,
  Timeout: exitCodes.timeout,
};

/** The reason an error of the registry or the platform client states; both use the words of a Kubernetes `Status`. */
export function reasonOf(error: unknown): string | undefined {
  return hasFields(error, 'reason') && typeof error.reason === 'string' ? error.reason : undefined;
}

const hintOfCode: Readonly<Record<string, string>> = {
  ConnectionFailed: 'is the platform there? --platform-url, ECSMCTL_PLATFORM_URL or a context says where it is',
  Timeout: 'is the link slow? --request-timeout or ECSMCTL_REQUEST_TIMEOUT gives a call more time',
  AnswerTooLarge: 'ecsmctl get asks for fewer rows at once with --page-size',
  OutcomeUnknown: 'look whether it was carried out before you try again',
  StoreReplaced: 'what was put in its place is seen by the next command',
};

const tokenHint =
  'a gateway may ask for a token: --platform-token-file, ECSMCTL_PLATFORM_TOKEN or platformTokenFile of the context';

/** The way out that the status of an answer tells. */
function hintOfStatus(error: unknown): string | undefined {
  return hasFields(error, 'httpStatus') && (error.httpStatus === 401 || error.httpStatus === 403)
    ? tokenHint
    : undefined;
}

function codeOf(error: unknown): string | undefined {
  return hasFields(error, 'code') && typeof error.code === 'string' ? error.code : undefined;
}

/** What an error quotes may come from anywhere: it must neither break the line nor command the terminal. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replaceAll('\t', ' ')
    .replace(/\p{Cc}/gu, '\u{fffd}');
}

/** What to print about an error, and how the run ends. */
export function presentError(error: unknown): PresentedError {
  if (error instanceof ReportedError) return { exitCode: error.exitCode };
  if (error instanceof CliError) return { message: oneLine(error.message), hint: error.hint, exitCode: error.exitCode };
  const message = oneLine(messageOf(error));
  const hint = hasFields(error, 'hint') && typeof error.hint === 'string' ? error.hint : undefined;
  const exitCode = codeOfReason[reasonOf(error) ?? ''] ?? codeOfReason[codeOf(error) ?? ''] ?? exitCodes.error;
  return { message, hint: hint ?? hintOfStatus(error) ?? hintOfCode[codeOf(error) ?? ''], exitCode };
}
