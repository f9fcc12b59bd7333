import { readFileSync } from 'node:fs';
import { access, constants, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { messageOf } from '@ecsm/api-types';

import { clusterTable } from './cluster-table.js';
import { Cluster } from './cluster/cluster.js';
import type { ClusterSnapshot } from './cluster/snapshot.js';
import { parseCommandLine, UsageError, type CommandOptions } from './command-line.js';
import { isObject } from './internal/json.js';
import { createLog, type Log } from './log.js';
import { ProcessRuntime } from './runtime/process-runtime.js';
import { Simulator } from './simulator.js';
import { readClusterFile } from './spec/cluster-file.js';
import { SpecError } from './spec/spec-error.js';

/** Signals the command listens to. */
type CommandSignal = 'SIGINT' | 'SIGTERM' | 'SIGUSR1';

/** The parts of a process that the command uses. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: CommandSignal, listener: () => void): unknown;
  off(signal: CommandSignal, listener: () => void): unknown;
}

/** Exit codes of the command. */
const exitCodes = { clean: 0, failure: 1, usage: 2 } as const;

/**
 * Runs the command `ecsm-simulator` until SIGINT or SIGTERM; resolves with the exit code.
 *
 * 0 after a clean end, 2 for wrong flags or a wrong cluster file, 1 for everything else (such as a port in use).
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const parsed = await parseCommandLine(argv, io.env, version());
    if (parsed.kind === 'text') {
      io.stdout.write(`${parsed.text}\n`);
      return exitCodes.clean;
    }
    await serve(parsed.options, io);
    return exitCodes.clean;
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof SpecError;
    io.stderr.write(`ecsm-simulator: ${messageOf(error)}\n`);
    return isUsage ? exitCodes.usage : exitCodes.failure;
  }
}

async function serve(options: CommandOptions, io: CommandIo): Promise<void> {
  const log = createLog(options, io.stderr);
  const file = options.cluster === undefined ? undefined : await readClusterFile(options.cluster);
  const snapshot = options.state === undefined ? undefined : await openState(options.state);
  const faults = options.faults ?? file?.faults;
  const simulator = await Simulator.start({
    port: options.port,
    host: options.host,
    seed: options.seed,
    speed: options.speed,
    control: options.control,
    settings: { ...file?.settings, ...options.settings },
    ...(file === undefined ? {} : { cluster: file }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(faults === undefined ? {} : { faults }),
    ...(options.runtime === 'process' ? { runtime: processRuntime(log) } : {}),
    onEvent: (event) => {
      log.event(event);
    },
  });
  try {
    await serveUntilSignal(simulator, options, log, io);
  } finally {
    await simulator.stop();
  }
}

async function serveUntilSignal(simulator: Simulator, options: CommandOptions, log: Log, io: CommandIo): Promise<void> {
  const showTable = (): void => {
    io.stderr.write(clusterTable(simulator.cluster));
  };
  io.on('SIGUSR1', showTable);
  io.stdout.write(`ecsm-simulator listening on ${simulator.url}\n`);
  if (options.control) log.info(`control interface at ${simulator.url}/control`);
  const signal = await firstSignal(io);
  log.info(`${signal}: stopping`);
  io.off('SIGUSR1', showTable);
  if (options.state === undefined) return;
  // What is answered is saved.
  await simulator.close();
  await writeSnapshot(options.state, simulator.cluster.save());
}

function processRuntime(log: Log): ProcessRuntime {
  return new ProcessRuntime({
    onOutput: (container, line) => {
      log.info(`${container}: ${line}`);
    },
  });
}

function firstSignal(io: CommandIo): Promise<CommandSignal> {
  return new Promise((resolve) => {
    const settle = (signal: CommandSignal) => (): void => {
      io.off('SIGINT', onInterrupt);
      io.off('SIGTERM', onTerminate);
      resolve(signal);
    };
    const onInterrupt = settle('SIGINT');
    const onTerminate = settle('SIGTERM');
    io.on('SIGINT', onInterrupt);
    io.on('SIGTERM', onTerminate);
  });
}

/** The state of an earlier run, if there was one; it is found out now whether that of this run can be saved. */
async function openState(path: string): Promise<ClusterSnapshot | undefined> {
  const snapshot = await readSnapshot(path);
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(`state file ${path} could not be saved: ${messageOf(error)}`, { cause: error });
  }
  return snapshot;
}

/** The state of an earlier run; `undefined` when there was none. */
async function readSnapshot(path: string): Promise<ClusterSnapshot | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const snapshot: unknown = JSON.parse(text);
    assertSnapshot(snapshot);
    // What else may be wrong with it shows when it is used.
    await new Cluster({ snapshot, speed: 0 }).stop();
    return snapshot;
  } catch (error) {
    const reason = messageOf(error);
    throw new UsageError(`state file ${path} cannot be used: ${reason}; remove it to begin anew`, { cause: error });
  }
}

const stateLists = ['random', 'registries', 'images', 'nodes', 'services', 'tasks', 'templates', 'configItems'];

function assertSnapshot(value: unknown): asserts value is ClusterSnapshot {
  if (!isObject(value) || value['version'] !== 1) throw new TypeError('it is not a state of this version');
  if (typeof value['nowMs'] !== 'number') throw new TypeError('nowMs must be a number');
  const wrong = stateLists.find((name) => !Array.isArray(value[name]));
  if (wrong !== undefined) throw new TypeError(`${wrong} must be a list`);
}

async function writeSnapshot(path: string, snapshot: ClusterSnapshot): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(snapshot), { flush: true });
  await rename(`${path}.new`, path);
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return isObject(manifest) ? String(manifest['version']) : '';
}
