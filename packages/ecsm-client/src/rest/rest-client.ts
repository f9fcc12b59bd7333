import type { KyInstance } from 'ky';

import { CallTimeoutError } from '../errors/call-timeout-error.js';
import { ClientClosedError } from '../errors/client-closed-error.js';
import type { EcsmClientError, FailedCall } from '../errors/ecsm-client-error.js';
import { OutcomeUnknownError } from '../errors/outcome-unknown-error.js';
import { AnswerBody } from '../internal/answer-body.js';
import { tellAttempt } from '../internal/attempt-observer.js';
import { backoffDelay } from '../internal/backoff-delay.js';
import { CallScope } from '../internal/call-scope.js';
import { acceptedEncodings } from '../internal/decompress.js';
import { type ExchangeProgress, HttpConnections, type IncomingAnswer } from '../internal/http-connections.js';
import { judgeFailure, type Judgement } from '../internal/judge-failure.js';
import { readAnswer } from '../internal/read-answer.js';
import { redactJson, secretsIn, secretsInHeaders } from '../internal/redact.js';
import { RequestGate } from '../internal/request-gate.js';
import { type ResolvedOptions, resolveOptions } from '../internal/resolve-options.js';
import { retryAfterMs } from '../internal/retry-after.js';
import { toClientError } from '../internal/to-client-error.js';
import { toResponse } from '../internal/to-response.js';
import type { Envelope } from '../wire/envelope.js';
import type { AttemptEvent } from './attempt-event.js';
import type { RestClientOptions } from './rest-client-options.js';
import { type PreparedRequest, RestRequest, type RestVerb } from './rest-request.js';
import { RestResult } from './rest-result.js';

/** One attempt: what came of it, and what there is to tell about it. */
type Attempt = {
  readonly event: AttemptEvent;
  readonly progress: ExchangeProgress;
} & ({ readonly result: RestResult } | { readonly error: EcsmClientError; readonly judgement: Judgement });

/**
 * Sends requests to one ECSM platform and judges the answers.
 *
 * It promises:
 * - A call ends within its `timeoutMs`, whatever the other side does: with a result or a typed error.
 * - It succeeds only if the HTTP status and the envelope's status both say so.
 * - A read is repeated after transient failures. A write is repeated only when it was certainly not carried out, or when
 *   repeating it changes nothing ({@link RestRequest.repeatable}).
 * - A write that fails with anything but {@link OutcomeUnknownError} or the caller's own abort was not carried out.
 * - No error, event or metric shows a password.
 *
 * @example
 * ```ts
 * await using rest = new RestClient({ baseUrl: 'http://10.0.0.5:3001' });
 * const result = await rest.get().resource('service').name(id).do();
 * ```
 */
export class RestClient implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #host: string;
  readonly #connections: HttpConnections;
  readonly #gate: RequestGate;
  readonly #calls = new Set<CallScope>();
  readonly #headerSecrets: readonly string[];
  #ky: Promise<KyInstance> | undefined;
  #closed = false;

  constructor(options: RestClientOptions) {
    this.#options = resolveOptions(options);
    this.#headerSecrets = secretsInHeaders(this.#options.headers);
    this.#host = new URL(this.#options.baseUrl).host;
    this.#connections = new HttpConnections(this.#options);
    this.#gate = new RequestGate(this.#options.gate, this.#options.clock);
  }

  /** Root of the platform's API, such as `http://10.0.0.5:3001/api/v1`. */
  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /** Begins a request with the given verb. */
  verb(verb: RestVerb): RestRequest {
    return new RestRequest(verb, this.#options.baseUrl, (request) => this.#call(request));
  }

  /** Begins a GET request. */
  get(): RestRequest {
    return this.verb('GET');
  }

  /** Begins a POST request. */
  post(): RestRequest {
    return this.verb('POST');
  }

  /** Begins a PUT request. */
  put(): RestRequest {
    return this.verb('PUT');
  }

  /** Begins a DELETE request. */
  delete(): RestRequest {
    return this.verb('DELETE');
  }

  /** Ends what is in flight with {@link ClientClosedError} and closes the connections. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const call of this.#calls) call.close();
    await this.#connections.close();
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Carries out a call: attempts and pauses until there is a result, no hope, or no time. */
  async #call(request: PreparedRequest): Promise<RestResult> {
    const call: FailedCall = { method: request.verb, url: request.url };
    request.options.signal?.throwIfAborted();
    if (this.#closed) throw new ClientClosedError(call);
    using scope = new CallScope(
      this.#options.clock,
      request.options.timeoutMs ?? this.#options.timeoutMs,
      request.options.signal,
    );
    this.#calls.add(scope);
    const state = { maybeExecuted: false };
    try {
      return await this.#repeat(request, call, scope, state);
    } catch (thrown) {
      if (scope.endedBy === 'aborted') throw request.options.signal?.reason;
      const error = toClientError(call, thrown, scope, false, this.#options);
      if (error === undefined) throw thrown;
      throw state.maybeExecuted ? new OutcomeUnknownError(call, error) : error;
    } finally {
      this.#calls.delete(scope);
    }
  }

  async #repeat(
    request: PreparedRequest,
    call: FailedCall,
    scope: CallScope,
    state: { maybeExecuted: boolean },
  ): Promise<RestResult> {
    const { maxRetries, maxRetryAfterMs, backoff, random } = this.#options;
    for (let number = 1; ; number++) {
      const attempt = await this.#attempt(request, call, scope, number);
      const { lookupMs } = attempt.progress;
      if ('result' in attempt) {
        tellAttempt(this.#options, this.#host, attempt.event, lookupMs);
        return attempt.result;
      }
      const { error, judgement, event } = attempt;
      // Once one attempt may have been carried out, no later refusal tells whether it was.
      if (judgement.maybeExecuted && request.verb !== 'GET') state.maybeExecuted = true;
      if (judgement.retryAfterMs !== undefined) this.#gate.pause(Math.min(judgement.retryAfterMs, maxRetryAfterMs));
      const pauseMs = Math.max(judgement.retryAfterMs ?? 0, backoffDelay(number, backoff, random));
      const repeat =
        scope.endedBy === undefined &&
        number <= maxRetries &&
        judgement.transient &&
        (request.repeatable || !judgement.maybeExecuted) &&
        pauseMs < scope.remainingMs;
      tellAttempt(this.#options, this.#host, { ...event, error, ...(repeat ? { retryInMs: pauseMs } : {}) }, lookupMs);
      if (!repeat) throw error;
      await scope.pause(pauseMs);
    }
  }

  async #attempt(request: PreparedRequest, call: FailedCall, scope: CallScope, number: number): Promise<Attempt> {
    const { clock, attemptTimeoutMs, reasonOf } = this.#options;
    const progress: ExchangeProgress = { connected: false, sentBytes: 0, receivedBytes: 0, lookupMs: undefined };
    const secrets = [...this.#headerSecrets, ...secretsIn(request.body)];
    const enteredAt = clock.monotonicNow();
    let sentAt: number | undefined;
    let httpStatus: number | undefined;
    const event = (): AttemptEvent => {
      const now = clock.monotonicNow();
      return {
        ...call,
        attempt: number,
        waitedMs: (sentAt ?? now) - enteredAt,
        durationMs: sentAt === undefined ? 0 : now - sentAt,
        requestBytes: progress.sentBytes,
        responseBytes: progress.receivedBytes,
        ...(httpStatus === undefined ? {} : { httpStatus }),
        ...(request.body === undefined || !this.#options.onAttempt
          ? {}
          : { requestBody: redactJson(request.body, secrets) }),
      };
    };
    let leave: (() => void) | undefined;
    try {
      leave = await this.#gate.enter(scope.signal);
      sentAt = clock.monotonicNow();
      const answer = await scope.limit(attemptTimeoutMs, (signal) => this.#exchange(request, signal, progress));
      const { status, body } = answer;
      httpStatus = status;
      const contentType = answer.headers['content-type'];
      const waitMs = retryAfterMs(answer.headers['retry-after'], clock.now());
      const { location } = answer.headers;
      const read = (): Envelope =>
        readAnswer(
          call,
          { status, contentType, text: body.text, retryAfterMs: waitMs, location },
          { reasonOf, secrets },
        );
      const isKnown = request.known !== undefined && status === 200 && body.digest === request.known;
      const envelope = isKnown ? undefined : read();
      const isWrite = request.verb !== 'GET';
      return {
        event: event(),
        progress,
        result: new RestResult({
          call,
          isWrite,
          httpStatus,
          contentType,
          body,
          isKnown,
          read: () => envelope ?? read(),
          secrets,
        }),
      };
    } catch (thrown) {
      const error =
        sentAt === undefined && scope.endedBy === 'timeout'
          ? new CallTimeoutError(call, 'waiting', scope.timeoutMs)
          : toClientError(call, thrown, scope, progress.connected, this.#options, secrets);
      if (error === undefined) throw thrown;
      return { event: event(), progress, error, judgement: judgeFailure(error, progress.connected) };
    } finally {
      leave?.();
    }
  }

  /** One exchange, by way of ky and its hooks. */
  async #exchange(request: PreparedRequest, signal: AbortSignal, progress: ExchangeProgress): Promise<IncomingAnswer> {
    // Hooks that see requests only need no copy of the answer: to make one and read it again takes longer than the rest.
    const isShown = (this.#options.hooks?.afterResponse?.length ?? 0) > 0;
    const ky = await (this.#ky ??= this.#createKy());
    let answer: IncomingAnswer | undefined;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const response = await ky(request.url, {
      method: request.verb,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      fetch: async (input, init) => {
        const { url, method, headers } = input instanceof Request ? input : new Request(input, init);
        answer = await this.#connections.exchange(
          { url: new URL(url), method, headers: Object.fromEntries(headers), body },
          signal,
          progress,
        );
        return toResponse(answer, isShown);
      },
    });
    if (!isShown && answer !== undefined) return answer;
    // A hook may have answered in the platform's place, or replaced its answer.
    const { status } = response;
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status, headers: Object.fromEntries(response.headers), body: new AnswerBody(bytes) };
  }

  /** Loaded with the first call: a program that makes none is spared ky's start-up time. */
  async #createKy(): Promise<KyInstance> {
    const { default: ky } = await import('ky');
    const { headers, compression, hooks } = this.#options;
    return ky.create({
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      headers: {
        accept: 'application/json',
        ...(compression ? { 'accept-encoding': acceptedEncodings } : {}),
        ...headers,
      },
      ...(hooks === undefined ? {} : { hooks }),
    });
  }
}
