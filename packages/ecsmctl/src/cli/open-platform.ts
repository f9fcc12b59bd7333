import { createClientset, type AttemptEvent, type Clientset, type TlsOptions } from '@ecsm/ecsm-client';

import type { Context } from '../configuration/config-file.js';
import { readBounded } from '../configuration/read-bounded.js';
import { expandPath, type Settings } from '../configuration/settings.js';
import type { Invocation } from './invocation.js';
import { parseDuration } from './duration.js';
import { CliError, systemReason, UsageError } from './cli-error.js';

async function readTls(tls: NonNullable<Context['tls']>, invocation: Invocation): Promise<TlsOptions> {
  const read = async (path: string): Promise<Buffer> => {
    try {
      return await readBounded(expandPath(path, invocation.io));
    } catch (error) {
      throw new CliError(`the file ${path} for TLS cannot be read: ${systemReason(error)}`, {
        hint: 'the context names it: ecsmctl config view',
      });
    }
  };
  return {
    ...(tls.caFile === undefined ? {} : { ca: await read(tls.caFile) }),
    ...(tls.certFile === undefined ? {} : { cert: await read(tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: await read(tls.keyFile) }),
    ...(tls.verify === false ? { insecureSkipVerify: true } : {}),
  };
}

/** The header that shows the token. @throws CliError when there is none in its file */
async function readToken({ platformToken }: Settings): Promise<{ readonly authorization: string } | undefined> {
  if (platformToken === undefined) return undefined;
  const where = 'file' in platformToken ? platformToken.file : 'ECSMCTL_PLATFORM_TOKEN';
  let token: string;
  try {
    token = 'file' in platformToken ? (await readBounded(platformToken.file)).toString().trim() : platformToken.value;
  } catch (error) {
    throw new CliError(`the token for the platform cannot be read from ${where}: ${systemReason(error)}`);
  }
  // A line break or a space would break the header it is sent in.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CliError(`the token for the platform in ${where} must be one word`);
  return { authorization: `Bearer ${token}` };
}

function timeoutOf({ globals, io }: Invocation): number | undefined {
  const flag = globals['request-timeout'];
  const text = io.env['ECSMCTL_REQUEST_TIMEOUT'];
  if (flag === undefined && (text === undefined || text === '')) return undefined;
  const value = flag ?? parseDuration(text ?? '');
  if (value === undefined)
    throw new UsageError(`ECSMCTL_REQUEST_TIMEOUT is "${text ?? ''}", which is no duration such as 30s`);
  if (value > 0) return value;
  const where = flag === undefined ? 'ECSMCTL_REQUEST_TIMEOUT' : '--request-timeout';
  throw new UsageError(`${where} is 0, and a call needs some time`, 'write it like 30s, or 1h where anything will do');
}

/** Tells a request in the log; the client has masked what is secret. */
function tellAttempt(invocation: Invocation, event: AttemptEvent): void {
  const { method, url, httpStatus, durationMs, attempt, requestBody, error } = event;
  invocation.log.debug(`${method} ${url}`, {
    status: httpStatus ?? 'none',
    ms: Math.round(durationMs),
    ...(attempt === 1 ? {} : { attempt }),
    ...(requestBody === undefined ? {} : { body: requestBody }),
    ...(error === undefined ? {} : { error: error.message }),
  });
}

/** Connects to the platform that the settings name. */
export async function openPlatform(
  invocation: Invocation,
): Promise<{ readonly value: Clientset; readonly close: () => Promise<void> }> {
  const settings = await invocation.settings();
  const { platformUrl, context } = settings;
  const headers = await readToken(settings);
  const timeoutMs = timeoutOf(invocation);
  const { log } = invocation;
  log.info('using platform', { url: platformUrl });
  const value = createClientset({
    baseUrl: platformUrl,
    onBadRow: ({ list, index, problem }) => log.warn(`${list}: row ${index} is left out: ${problem}`),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(headers === undefined ? {} : { headers }),
    ...(context.tls === undefined ? {} : { tls: await readTls(context.tls, invocation) }),
    ...(log.isDebug ? { onAttempt: (event: AttemptEvent) => tellAttempt(invocation, event) } : {}),
  });
  return { value, close: () => value.close() };
}
