import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Logger } from '@ecsm/controller-runtime';
import { SqliteLock } from '@ecsm/controller-runtime/sqlite-lock';
import { createClientset } from '@ecsm/ecsm-client';
import { Registry, resolveRegistryPath } from '@ecsm/registry';

import { applyManifests } from './cli/apply-manifests.js';
import { configCommand } from './cli/config-command.js';
import { createLogger } from './cli/create-logger.js';
import { Narrator } from './cli/narrator.js';
import { exitCodes, type ProgramIo } from './cli/program-io.js';
import { Signals } from './cli/signals.js';
import { linesToTry, startSimulator } from './cli/simulate.js';
import { version } from './cli/version.js';
import { loadSettings, type LoadedSettings } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { UsageError } from './config/usage-error.js';
import { CleanupStack } from './internal/cleanup-stack.js';
import { messageOf } from './internal/message-of.js';
import { Operator } from './operator.js';

/** The registry cannot be opened. */
class RegistryFailure extends Error {
  override readonly name = 'RegistryFailure';
}

/**
 * Runs the command `ecsm-operator`; resolves with its exit code when it has ended.
 *
 * 0 when it was stopped as asked, or with `--once` when everything is as it should be; 1 when with `--once` it is not, or a
 * part failed; 2 for flags, configuration or manifests that make no sense; 3 when the registry cannot be opened. A second
 * signal while it stops ends it at once with 130.
 */
export async function run(argv: readonly string[], io: ProgramIo): Promise<number> {
  try {
    if (argv[0] === 'config') {
      await configCommand(argv.slice(1), io.env, io);
      return exitCodes.clean;
    }
    const request = await loadSettings(argv, io.env);
    if (request.type === 'help') io.stdout.write(request.text);
    else if (request.type === 'version') io.stdout.write(`${version()}\n`);
    else return await serve(quietened(request), io);
    return exitCodes.clean;
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [messageOf(error)];
    for (const problem of problems) io.stderr.write(`ecsm-operator: ${problem}\n`);
    if (error instanceof UsageError) return exitCodes.usage;
    return error instanceof RegistryFailure ? exitCodes.registry : exitCodes.failure;
  }
}

/** A simulation tells its story on standard output: without other orders the log adds only what is wrong. */
function quietened({ settings, effective }: LoadedSettings): Settings {
  const unsaid = effective.get('logLevel')?.source === 'default';
  return settings.simulate && unsaid ? { ...settings, logLevel: 'warn' } : settings;
}

async function serve(settings: Settings, io: ProgramIo): Promise<number> {
  const { log } = await createLogger(settings, io);
  using signals = new Signals(io, (signal) => log.info({ signal }, 'stopping'));
  await using stack = new CleanupStack();
  const narrator = new Narrator((text) => (settings.simulate ? io.stdout.write(text) : undefined));
  const path = await registryPath(settings, io, log, stack);
  const registry = stack.use(await openRegistry(path));
  const simulator = settings.simulate ? stack.use(await startSimulator(settings, narrator)) : undefined;
  const platformUrl = simulator?.url ?? settings.platformUrl;
  log.info({ platformUrl, registry: path, operatorId: settings.operatorId }, 'starting');
  if (settings.manifests !== undefined) {
    for (const { name, outcome } of await applyManifests(registry, settings.manifests)) {
      log.info({ name, outcome }, 'manifest applied');
      narrator.tell('manifest', `${name} ${outcome}`);
    }
  }
  const clientset = stack.use(createClientset({ baseUrl: platformUrl, timeoutMs: settings.requestTimeoutMs }));
  const operator = stack.use(await startOperator({ settings, path, registry, clientset, log, narrator }));
  if (settings.simulate && !settings.once) {
    narrator.say(`\nThe simulated platform listens on ${platformUrl}. Try in a second terminal:\n`);
    for (const line of linesToTry(path, platformUrl)) narrator.say(`  ${line}`);
    narrator.say('\nCtrl-C stops.\n');
  }
  return settings.once
    ? await once(operator, settings, signals.signal, io, log, narrator)
    : await untilStopped(operator, signals.signal);
}

/** Which file is the registry; for a simulation without one a temporary file that goes with the process. */
async function registryPath(settings: Settings, io: ProgramIo, log: Logger, stack: CleanupStack): Promise<string> {
  const { path, source } = resolveRegistryPath({
    ...(settings.registry === undefined ? {} : { flag: settings.registry }),
    env: io.env,
    program: 'operator',
  });
  if (source === 'default' && settings.simulate) {
    const folder = await mkdtemp(join(tmpdir(), 'ecsm-operator-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    return join(folder, 'registry.db');
  }
  if (source === 'default') await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  log.info({ registry: path, source }, 'registry chosen');
  return path;
}

async function openRegistry(path: string): Promise<Registry> {
  try {
    return await Registry.open({ path });
  } catch (error) {
    throw new RegistryFailure(`registry ${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

interface Parts {
  readonly settings: Settings;
  readonly path: string;
  readonly registry: Registry;
  readonly clientset: ReturnType<typeof createClientset>;
  readonly log: Logger;
  readonly narrator: Narrator;
}

async function startOperator({ settings, path, registry, clientset, log, narrator }: Parts): Promise<Operator> {
  const { pollIntervalMs, movingPollIntervalMs, health, metrics } = settings;
  // Loaded only where somebody reads the figures.
  const metricsRegistry = metrics === undefined ? undefined : new (await import('prom-client')).Registry();
  const leaderElection =
    settings.leaderElection !== 'none'
      ? new SqliteLock({ path: `${path}.lock`, clients: registry, name: 'ecsm-operator' })
      : undefined;
  return Operator.start({
    registry,
    clientset,
    operatorId: settings.operatorId,
    logger: log,
    concurrency: settings.workers,
    pollIntervalMs,
    ...(movingPollIntervalMs === undefined ? {} : { movingPollIntervalMs }),
    ...(leaderElection === undefined ? {} : { leaderElection }),
    ...(health === undefined ? {} : { health }),
    ...(metrics === undefined || metricsRegistry === undefined
      ? {}
      : { metrics: metricsRegistry, metricsServer: metrics }),
    onAction: (key, action) => {
      log.info({ object: key, action: action.type }, action.reason);
      narrator.action(key, action);
    },
  });
}

/** Waits until everything is as it should be, or says what is not. */
async function once(
  operator: Operator,
  settings: Settings,
  stop: AbortSignal,
  io: ProgramIo,
  log: Logger,
  narrator: Narrator,
): Promise<number> {
  const timeout = AbortSignal.timeout(settings.timeoutMs);
  try {
    const settled = operator.settled({ signal: AbortSignal.any([timeout, stop]) });
    await Promise.race([settled, operator.ended.then(() => settled)]);
    log.info({}, 'everything is as it should be');
    narrator.tell('operator', 'everything is as it should be');
    return exitCodes.clean;
  } catch (error) {
    if (!timeout.aborted && !stop.aborted) throw error;
    const unsettled = await operator.unsettled();
    if (unsettled.size === 0 && timeout.aborted) return exitCodes.clean;
    const why = stop.aborted ? 'stopped' : `not done within ${settings.timeoutMs / 1000} s`;
    io.stderr.write(`ecsm-operator: ${why}\n`);
    for (const [name, reason] of unsettled) io.stderr.write(`  ${name}: ${reason}\n`);
    return exitCodes.failure;
  }
}

async function untilStopped(operator: Operator, stop: AbortSignal): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, operator.ended]);
  return exitCodes.clean;
}
