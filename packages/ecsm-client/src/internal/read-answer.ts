import { withoutCredentials } from '@ecsm/api-types';

import { ApiError, type ApiErrorReason, type ApiFailure } from '../errors/api-error.js';
import type { FailedCall } from '../errors/ecsm-client-error.js';
import { EmptyAnswerError } from '../errors/empty-answer-error.js';
import { HtmlAnswerError } from '../errors/html-answer-error.js';
import { HttpStatusError } from '../errors/http-status-error.js';
import { MalformedJsonError } from '../errors/malformed-json-error.js';
import { UnexpectedAnswerError } from '../errors/unexpected-answer-error.js';
import type { UnreadableAnswer } from '../errors/unreadable-answer-error.js';
import { WrongContentTypeError } from '../errors/wrong-content-type-error.js';
import type { Envelope } from '../wire/envelope.js';
import { excerptOf, redactJson, redactText } from './redact.js';

/** An answer as text, and what is needed to judge it. */
export interface AnswerText {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
  /** Milliseconds the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  /** The `Location` header, where there was one. */
  readonly location: string | undefined;
}

/** What a reader of answers is told once. */
export interface AnswerRules {
  readonly reasonOf: (failure: ApiFailure) => ApiErrorReason;
  /** Values that must not show up in errors. */
  readonly secrets: readonly string[];
}

/** The envelope of a successful answer; everything else is thrown as the error it is. */
export function readAnswer(call: FailedCall, answer: AnswerText, { reasonOf, secrets }: AnswerRules): Envelope {
  const { status, contentType, text, retryAfterMs } = answer;
  const redirectedTo = status >= 300 && status <= 399 ? placeOf(answer.location) : undefined;
  const succeeded = status >= 200 && status <= 299;
  const isJson = contentType === undefined || /^[^;]*[/+]json\s*(;|$)/i.test(contentType);
  // Put together when needed only: most answers are fine.
  const shown = (): UnreadableAnswer => ({ httpStatus: status, contentType, excerpt: excerptOf(text, secrets) });
  const envelope = isJson ? parse(text) : undefined;

  if (envelope === undefined || !isEnvelope(envelope.value)) {
    if (!succeeded) throw new HttpStatusError(call, shown(), retryAfterMs, redirectedTo);
    if (text.trim() === '') throw new EmptyAnswerError(call, shown());
    if (isHtml(contentType, text)) throw new HtmlAnswerError(call, shown());
    if (!isJson) throw new WrongContentTypeError(call, shown());
    if (envelope === undefined) throw new MalformedJsonError(call, shown(), endsTooSoon(text));
    throw new UnexpectedAnswerError(call, shown(), 'there is no envelope with a numeric status around it');
  }

  const { value } = envelope;
  if (value.status === 200) {
    // The envelope contradicts the HTTP status: whoever is right, it is not a success to rely on.
    if (!succeeded) throw new HttpStatusError(call, shown(), retryAfterMs);
    return value;
  }
  const failure: ApiFailure = {
    httpStatus: status,
    envelopeStatus: value.status,
    apiMessage: typeof value.message === 'string' ? redactText(value.message, secrets) : '',
    fieldErrors: redactJson(value.fieldErrors, secrets),
    retryAfterMs,
  };
  throw new ApiError(call, reasonOf(failure), failure);
}

/** Where a redirect leads, without what may be secret in it. */
function placeOf(location: string | undefined): string | undefined {
  return location === undefined ? undefined : withoutCredentials(location.replace(/[?#].*$/s, '')).slice(0, 200);
}

/** The value of a JSON text. What is wrong with one is not told: the error of the parser quotes the text, secrets and all. */
function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'number';
}

function isHtml(contentType: string | undefined, text: string): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(contentType ?? '') || /^\s*<(!doctype|html|head|body)/i.test(text);
}

/** Whether JSON text stops before its outermost bracket closes. */
function endsTooSoon(text: string): boolean {
  const last = text.trimEnd().at(-1);
  return /^\s*[[{]/.test(text) && last !== '}' && last !== ']' ? true : depthAtEnd(text) > 0;
}

function depthAtEnd(text: string): number {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
  }
  return depth;
}
