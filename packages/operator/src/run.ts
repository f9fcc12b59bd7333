import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

import { isLeaseLostError, type Logger } from '@ecsm/controller-runtime';
import { makeFolder, resolveRegistryPath } from '@ecsm/registry';

import { applyManifests } from './cli/apply-manifests.js';
import { configCommand } from './cli/config-command.js';
import { createLogger, logFormatOf } from './cli/create-logger.js';
import { formatAskedFor, lastWords } from './cli/last-words.js';
import { Narrator } from './cli/narrator.js';
import { exitCodes, type ProgramIo } from './cli/program-io.js';
import { registryCommand } from './cli/registry-command.js';
import { Signals } from './cli/signals.js';
import { linesToTry, startSimulator } from './cli/simulate.js';
import { version } from './cli/version.js';
import { loadSettings, type LoadedSettings } from './config/load-settings.js';
import type { LogFormat, Settings } from './config/settings.js';
import { UsageError } from './config/usage-error.js';
import { Daemon } from './daemon/daemon.js';
import { openRegistryFile, RegistryFailure } from './daemon/registry-file.js';
import { CleanupStack } from './internal/cleanup-stack.js';
import { messageLine } from './internal/message-line.js';
import type { Operator } from './operator.js';

/** What it does besides running, by the first word. */
const commands = new Map([
  ['config', configCommand],
  ['registry', registryCommand],
]);

/**
 * Runs the command `ecsm-operator`; resolves with its exit code when it has ended.
 *
 * 0 when it was stopped as asked, or with `--once` when everything is as it should be; 1 when with `--once` it is not, or a
 * part failed; 2 for flags, configuration or manifests that make no sense; 3 when the registry cannot be opened, or
 * was taken away; 4 when another operator leads now. A second signal while it stops ends it at once with 130.
 */
export async function run(argv: readonly string[], io: ProgramIo): Promise<number> {
  const command = argv[0] === undefined ? undefined : commands.get(argv[0]);
  // Commands are for people, whoever collects the log of the daemon.
  let format: LogFormat = command === undefined ? formatAskedFor(argv, io) : 'pretty';
  try {
    if (command !== undefined) {
      await command(argv.slice(1), io.env, io);
      return exitCodes.clean;
    }
    const request = await loadSettings(argv, io.env);
    if (request.type === 'help') io.stdout.write(request.text);
    else if (request.type === 'version') io.stdout.write(`${version()}\n`);
    else {
      format = logFormatOf(request.settings, io);
      return await serve(quietened(request), format, argv, io);
    }
    return exitCodes.clean;
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [messageLine(error)];
    const code = exitCodeOf(error);
    await lastWords(problems, code, format, io);
    return code;
  }
}

/** How the program ends with an error. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof RegistryFailure) return exitCodes.registry;
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.some(isLeaseLostError) ? exitCodes.leadLost : exitCodes.failure;
}

/** A simulation tells its story on standard output: without other orders the log adds only what is wrong. */
function quietened(loaded: LoadedSettings): LoadedSettings {
  const { settings, effective } = loaded;
  const unsaid = effective.get('logLevel')?.source === 'default';
  return settings.simulate && unsaid ? { ...loaded, settings: { ...settings, logLevel: 'warn' } } : loaded;
}

async function serve(
  loaded: LoadedSettings,
  logFormat: LogFormat,
  argv: readonly string[],
  io: ProgramIo,
): Promise<number> {
  const { settings } = loaded;
  const programLog = await createLogger({ ...settings, logFormat }, io);
  const { log } = programLog;
  const running: { daemon?: Daemon; isReloadDue?: boolean } = {};
  const reload = (): void => {
    running.isReloadDue = running.daemon === undefined;
    void running.daemon?.reload(() => readAgain(argv, io, loaded.configPath));
  };
  // Before what is cleaned up: a second signal counts for as long as that takes.
  using signals = new Signals(io, {
    onStop: (signal) => log.info({ signal }, 'stopping'),
    onReload: reload,
  });
  await using stack = new CleanupStack();
  const narrator = new Narrator((text) => (settings.simulate ? io.stdout.write(text) : undefined));
  const path = await registryPath(loaded, io, log, stack);
  const registry = stack.use(await openRegistryFile(path, settings));
  const simulator = settings.simulate ? stack.use(await startSimulator(settings, narrator)) : undefined;
  const platformUrl = simulator?.url ?? settings.platformUrl;
  log.info({ version: version(), platformUrl, registry: path, operatorId: settings.operatorId }, 'starting');
  stack.defer(() => log.info({}, 'stopped'));
  if (settings.once && settings.manifests !== undefined) {
    for (const { name, outcome } of await applyManifests(registry.registry, settings.manifests)) {
      log.info({ name, outcome }, 'manifest applied');
      narrator.tell('manifest', `${name} ${outcome}`);
    }
  }
  const daemon = stack.use(
    await Daemon.start({
      loaded,
      platformUrl,
      registry,
      log: programLog,
      env: io.env,
      onAction: (key, action) => narrator.action(key, action),
      onManifest: (name, outcome) => narrator.tell('manifest', `${name} ${outcome}`),
    }),
  );
  running.daemon = daemon;
  if (running.isReloadDue === true) reload();
  if (settings.simulate && !settings.once) {
    narrator.say(`\nThe simulated platform listens on ${platformUrl}. Try in a second terminal:\n`);
    for (const line of linesToTry(path, platformUrl)) narrator.say(`  ${line}`);
    narrator.say('\nCtrl-C stops.\n');
  }
  const code = settings.once
    ? await once(daemon.operator, { ...settings, logFormat }, signals.signal, io, log, narrator)
    : await untilStopped(daemon, signals.signal);
  return signals.hungUp ? exitCodes.hungUp : code;
}

/** The settings as they are now: the same flags and variables, with the file as it has become. */
async function readAgain(
  argv: readonly string[],
  io: ProgramIo,
  configPath: string | undefined,
): Promise<LoadedSettings> {
  // What a pipe said is said only once: read again it would take everything back.
  if (configPath !== undefined && (await stat(configPath).catch(() => undefined))?.isFile() === false) {
    throw new UsageError(`--config ${configPath} is a pipe or a device, which can be read only once: name a file`);
  }
  const request = await loadSettings(argv, io.env);
  if (request.type !== 'run') throw new UsageError('there is nothing to run');
  return quietened(request);
}

/** Which file is the registry; for a simulation without one a temporary file that goes with the process. */
async function registryPath(
  { settings, effective }: LoadedSettings,
  io: ProgramIo,
  log: Logger,
  stack: CleanupStack,
): Promise<string> {
  const given = settings.registry;
  const { path, source } =
    given === undefined
      ? resolveRegistryPath({ env: io.env, program: 'operator' })
      : { path: given, source: effective.get('registry')?.where };
  if (source === 'default' && settings.simulate) {
    const folder = await mkdtemp(join(tmpdir(), 'ecsm-operator-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    return join(folder, 'registry.db');
  }
  // Started without a home in another folder tomorrow, it would find another registry.
  if (source === 'default' && !isAbsolute(path)) {
    throw new UsageError('HOME is not set, so that there is no place for a registry: name one with --registry');
  }
  if (source === 'default') makeFolder(dirname(path), { mode: 0o700 });
  log.info({ registry: path, source }, 'registry chosen');
  return path;
}

/** Waits until everything is as it should be, or says what is not. */
async function once(
  operator: Operator,
  settings: Pick<Settings, 'timeoutMs'> & { readonly logFormat: LogFormat },
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
    const list = [...unsettled].map(([name, reason]) => `\n  ${name}: ${reason}`);
    await lastWords([`${why}${list.join('')}`], exitCodes.failure, settings.logFormat, io);
    return exitCodes.failure;
  }
}

async function untilStopped(daemon: Daemon, stop: AbortSignal): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, daemon.ended]);
  return exitCodes.clean;
}
