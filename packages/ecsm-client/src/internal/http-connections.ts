import http from 'node:http';
import type https from 'node:https';

import type { Clock, Timer } from '@ecsm/api-types';

import type { TlsOptions } from '../rest/rest-client-options.js';
import { AnswerBody } from './answer-body.js';
import { decompress } from './decompress.js';
import { ExchangeFailure } from './exchange-failure.js';

/** One HTTP request as it goes out. */
export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** One HTTP answer as it came in, decompressed. */
export interface IncomingAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: AnswerBody;
}

/** How far an exchange got; filled in as it goes, also when it fails. */
export interface ExchangeProgress {
  /** From here on the platform may have carried the request out. */
  connected: boolean;
  /** Bytes of the body. */
  sentBytes: number;
  /** Bytes of the body as received, before decompression. */
  receivedBytes: number;
  /** Milliseconds the name lookup took, where there was one. */
  lookupMs: number | undefined;
}

/** Settings of {@link HttpConnections}. */
export interface ConnectionSettings {
  readonly tls: TlsOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxResponseBytes: number;
  readonly clock: Clock;
}

function caList(ca: NonNullable<TlsOptions['ca']>): (string | Buffer)[] {
  return typeof ca === 'string' || Buffer.isBuffer(ca) ? [ca] : [...ca];
}

/** TLS alerts a server sends when it rejects the client's certificate; TLS 1.3 delivers them after the handshake. */
const handshakeAlert = /^ERR_SSL_.*ALERT/;
/** What OpenSSL says of bytes that are no TLS. */
const noTls = /wrong version number|packet length too long|http request/;

/** Why there is no connection, in words for a person. */
function connectProblem({ message }: Error, code: string): string {
  if (noTls.test(message))
    return `who listens there does not speak TLS, so perhaps its address begins with http: ${code}`;
  return message === '' ? code : message;
}

/**
 * Keeps connections to one server and exchanges single requests for answers over them.
 *
 * Built on `node:http` and not on `fetch`: it tells whether anything was sent before a failure, which decides between
 * "not executed" and "outcome unknown", and it costs less memory and start-up time than a second fetch beside the one in Node.
 */
export class HttpConnections {
  readonly #settings: ConnectionSettings;
  #agent: Promise<http.Agent> | undefined;
  #https: typeof https | undefined;

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
  }

  /** Sends a request and reads the whole answer. Rejects with an {@link ExchangeFailure} or the signal's reason. */
  async exchange(outgoing: OutgoingRequest, signal: AbortSignal, progress: ExchangeProgress): Promise<IncomingAnswer> {
    const agent = await (this.#agent ??= this.#createAgent(outgoing.url.protocol));
    const { response, body } = await this.#transfer(agent, outgoing, signal, progress);
    const status = response.statusCode ?? 0;
    try {
      const decoded = await decompress(body, response.headers['content-encoding'], this.#settings.maxResponseBytes);
      return { status, headers: response.headers, body: new AnswerBody(decoded) };
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      const contentType = response.headers['content-type'];
      throw new ExchangeFailure(error.problem, error.message, {
        cause: error.cause,
        answer: { status, contentType, text: '' },
      });
    }
  }

  /** Closes idle connections; those in use close when their exchange is aborted. */
  async close(): Promise<void> {
    (await this.#agent)?.destroy();
  }

  async #createAgent(protocol: string): Promise<http.Agent> {
    const { tls, keepAliveMs } = this.#settings;
    // `timeout` closes a connection that has been idle for so long; one in use is not touched by it.
    const options = { keepAlive: true, timeout: keepAliveMs, scheduling: 'lifo' as const };
    if (protocol !== 'https:') return new http.Agent(options);
    const { default: module } = await import('node:https');
    this.#https = module;
    return new module.Agent({
      ...options,
      ...(tls?.ca === undefined ? {} : { ca: caList(tls.ca) }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
      ...(tls?.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
      ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
      rejectUnauthorized: tls?.insecureSkipVerify !== true,
    });
  }

  #transfer(
    agent: http.Agent,
    { url, method, headers, body }: OutgoingRequest,
    signal: AbortSignal,
    progress: ExchangeProgress,
  ): Promise<{ readonly response: http.IncomingMessage; readonly body: Buffer }> {
    const { clock, connectTimeoutMs } = this.#settings;
    return new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:';
      // Node adds no length to a DELETE, whose body the server would then take for the next request.
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const request = (this.#https ?? http).request(url, { agent, method, headers: { ...headers, ...length } });
      let connectTimer: Timer | undefined;
      let settled = false;
      let answered = false;
      const settle = (): boolean => {
        if (settled) return false;
        settled = true;
        connectTimer?.cancel();
        signal.removeEventListener('abort', onAbort);
        return true;
      };
      const fail = (error: Error): void => {
        if (!settle()) return;
        request.destroy();
        reject(error);
      };
      const onAbort = (): void => fail(signal.reason as Error);
      const onError = (cause: Error & { code?: string }): void => {
        const code = cause.code ?? '';
        if (!progress.connected || handshakeAlert.test(code)) {
          progress.connected = false;
          fail(new ExchangeFailure('connect', connectProblem(cause, code), { cause }));
        } else if (code.startsWith('HPE_')) fail(new ExchangeFailure('garbled', `it is not HTTP (${code})`, { cause }));
        else fail(new ExchangeFailure('lost', cause.message, { cause }));
      };

      // Stays to the end: a destroyed request may still report an error, which nobody else would catch.
      request.on('error', onError);
      // An exchange that ends without answer and without error, such as a refused protocol upgrade.
      request.once('close', () => {
        if (!answered) fail(new ExchangeFailure('lost', 'it was closed without an answer'));
      });
      request.once('socket', (socket) => {
        if (!socket.connecting) {
          progress.connected = true;
          return;
        }
        const startedAt = clock.monotonicNow();
        connectTimer = clock.setTimer(() => {
          fail(new ExchangeFailure('connect-timeout', `not connected within ${connectTimeoutMs} ms`));
        }, connectTimeoutMs);
        socket.once('lookup', () => {
          progress.lookupMs = clock.monotonicNow() - startedAt;
        });
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          connectTimer?.cancel();
          progress.connected = true;
        });
      });
      request.once('response', (response) => {
        answered = true;
        this.#collect(response, progress).then((whole) => {
          if (settle()) resolve({ response, body: whole });
        }, fail);
      });
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      progress.sentBytes = body === undefined ? 0 : Buffer.byteLength(body);
      request.end(body);
    });
  }

  #collect(response: http.IncomingMessage, progress: ExchangeProgress): Promise<Buffer> {
    const { maxResponseBytes } = this.#settings;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        progress.receivedBytes += chunk.length;
        chunks.push(chunk);
        if (progress.receivedBytes <= maxResponseBytes) return;
        // Of all that came: a chunk may end in the middle of a secret.
        const text = Buffer.concat(chunks, Math.min(progress.receivedBytes, 2000)).toString('utf8');
        const contentType = response.headers['content-type'];
        const answer = { status: response.statusCode ?? 0, contentType, text };
        reject(new ExchangeFailure('too-large', 'body too large', { answer }));
      });
      response.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
      response.once('error', (cause) => reject(new ExchangeFailure('lost', cause.message, { cause })));
      response.once('close', () => {
        if (!response.complete) reject(new ExchangeFailure('lost', 'it was closed in the middle'));
      });
    });
  }
}
