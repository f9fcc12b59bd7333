import { SeededRandom } from '@ecsm/api-types/testing';
import { type Clientset, collect, createClientset, isEcsmClientError } from '@ecsm/ecsm-client';
import { envelopeOf, pageOf } from '@ecsm/ecsm-client/testing';

import { FaultServer } from './fault-server.js';

/** What may be asked of a platform: whether it is a write, and whether it may be carried out twice. */
interface Call {
  readonly kind: 'read' | 'write' | 'repeatable write';
  readonly run: (ecsm: Clientset, key: string, signal: AbortSignal | undefined) => Promise<unknown>;
}

const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

const calls: readonly Call[] = [
  { kind: 'read', run: (ecsm, _, signal) => ecsm.services.list({}, options(signal)) },
  { kind: 'read', run: (ecsm, _, signal) => collect(ecsm.services.all({}, options(signal))) },
  { kind: 'read', run: (ecsm, key, signal) => ecsm.services.isNameTaken(key, options(signal)) },
  {
    kind: 'write',
    run: (ecsm, key, signal) => {
      const image = { ref: 'a@1#linux', action: 'run' as const, config: {} };
      return ecsm.services.create({ name: key, image, node: { names: ['n'] } }, options(signal));
    },
  },
  { kind: 'write', run: (ecsm, key, signal) => ecsm.services.destroy([key], options(signal)) },
  { kind: 'write', run: (ecsm, key, signal) => ecsm.services.delete(key, options(signal)) },
  { kind: 'repeatable write', run: (ecsm, key, signal) => ecsm.containers.act('stop', key, options(signal)) },
];

const row = { id: 'a', name: 'a', status: 'complete', policy: 'static', factor: 0, instanceOnline: 1 };

/** The right answer to every request of {@link calls}, and the key that tells which call made it. */
function answerTo({ method, url, body }: { method: string; url: string; body: string }): {
  key: string;
  answer: string;
} {
  const path = url.slice('/api/v1'.length);
  const given = (body === '' ? {} : JSON.parse(body)) as { name?: string; id?: string; ids?: string[] };
  const key = given.name ?? given.id ?? given.ids?.[0] ?? path.split('/')[2] ?? '';
  const data =
    method === 'GET'
      ? path.startsWith('/service/name')
        ? true
        : pageOf([row])
      : { id: 'x', containers: [], ids: [key], transactionId: 't', status: 'running' };
  return { key, answer: JSON.stringify(envelopeOf(data)) };
}

/** Longest a call may take beyond its deadline before it counts as hanging, on a machine that is busy otherwise. */
const slackMs = 3000;

/** How the calls of schedules ended, and what was wrong with it. */
export class Tally {
  done = 0;
  unknown = 0;
  notDone = 0;
  /** Requests that reached the server. */
  requests = 0;
  readonly problems: string[] = [];

  toString(): string {
    const calls = this.done + this.unknown + this.notDone;
    return (
      `${calls} calls in ${this.requests} requests: ${this.done} done, ${this.unknown} of unknown outcome or given up, ` +
      `${this.notDone} failed; ${this.problems.length} problems`
    );
  }
}

/** Runs one schedule of faults. */
export async function runSchedule(seed: number, tally: Tally): Promise<void> {
  const random = new SeededRandom(seed);
  const { problems } = tally;
  const server = await FaultServer.start(new SeededRandom(seed ^ 0x5bd1e995), answerTo);
  const timeoutMs = random.int(100, 500);
  const ecsm = createClientset({
    baseUrl: server.baseUrl,
    timeoutMs,
    ...(random.chance(0.5) ? { attemptTimeoutMs: random.int(40, 200) } : {}),
    connectTimeoutMs: random.int(50, 400),
    retry: { maxRetries: random.int(0, 3), baseMs: random.int(1, 20), maxMs: 30 },
    maxConcurrent: random.int(1, 4),
    maxResponseBytes: 100_000,
    ...(random.chance(0.3) ? { requestsPerSecond: random.int(10, 100), burst: random.int(1, 3) } : {}),
    random: () => random.next(),
  });

  const one = async (index: number): Promise<void> => {
    const { kind, run } = random.pick(calls);
    const key = `key-${seed}-${index}`;
    const controller = random.chance(0.15) ? new AbortController() : undefined;
    const reason = new Error('the caller gave up');
    const abort = controller && setTimeout(() => controller.abort(reason), random.int(0, 200));
    const startedAt = performance.now();
    const wrong = (text: string) => problems.push(`seed ${seed}, ${kind} ${key}: ${text} [${server.log.join('; ')}]`);
    let outcome: 'done' | 'unknown' | 'notDone';
    try {
      await run(ecsm, key, controller?.signal);
      outcome = 'done';
    } catch (error) {
      if (error === reason) outcome = 'unknown';
      else if (!isEcsmClientError(error)) return void wrong(`rejected with ${String(error)}`);
      else outcome = error.code === 'OutcomeUnknown' ? 'unknown' : 'notDone';
    } finally {
      clearTimeout(abort);
    }
    tally[outcome]++;
    const lateMs = performance.now() - startedAt - timeoutMs * (kind === 'read' ? 2 : 1);
    if (lateMs > slackMs) wrong(`ended ${lateMs.toFixed(0)} ms after its deadline`);
    if (kind === 'read') return;
    const executions = server.executions.get(key) ?? 0;
    if (outcome === 'done' && executions === 0) wrong('succeeded without having been carried out');
    if (outcome === 'notDone' && executions > 0) wrong('was carried out and says it was not');
    if (kind === 'write' && executions > 1) wrong(`was carried out ${executions} times`);
  };

  try {
    const all = Array.from({ length: random.int(1, 5) }, (_, index) => one(index));
    if (random.chance(0.1)) setTimeout(() => void ecsm.close(), random.int(0, 150));
    await Promise.all(all);
    await ecsm.close();
    const patience = performance.now() + slackMs;
    while (server.connections > 0 && performance.now() < patience) await new Promise((done) => setTimeout(done, 1));
    if (server.connections > 0) problems.push(`seed ${seed}: ${server.connections} connections left open`);
  } finally {
    tally.requests += server.log.length;
    await server.close();
  }
}

/** Runs many schedules, some at once. */
export async function runSchedules(firstSeed: number, count: number, atOnce = 16): Promise<Tally> {
  const tally = new Tally();
  // Loaded with a client's first call otherwise, which would cost the first schedules all their time.
  await import('ky');
  const onRejection = (reason: unknown) => tally.problems.push(`unhandled rejection: ${String(reason)}`);
  process.on('unhandledRejection', onRejection);
  try {
    let next = firstSeed;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < firstSeed + count) await runSchedule(next++, tally);
      }),
    );
    // Rejections are reported a turn late; timers of calls that ended would still be there.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off('unhandledRejection', onRejection);
  }
  return tally;
}

/** What a process that has ended all its calls still holds. */
export function leftBehind(): readonly string[] {
  return process.getActiveResourcesInfo().filter((resource) => /^TCP|^Timeout$/.test(resource));
}
