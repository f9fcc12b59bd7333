import { checkOptions, checkQualifiedName, must, required, showBriefly, type OptionRules } from '@ecsm/api-types';

import { logLevels } from '../logger.js';
import type { ListenOptions, ManagerOptions } from '../manager-options.js';
import type { RunnableOptions } from '../runnable.js';

/**
 * What the compiler refuses, refused for programs in plain JavaScript: said where the mistake was made, not where its
 * consequences come to light. Other rules than the types' are checked where they belong.
 */
function refuse(what: string, rule: string, value: unknown, wayOut: string): never {
  throw new TypeError(`${what} must be ${rule}, got ${showBriefly(value)}: ${wayOut}`);
}

const managerRules: OptionRules<ManagerOptions> = {
  clients: required(must.beObject),
  clock: must.beObject,
  logger: (logger) =>
    [...logLevels, 'child'].every((method) => has(logger, method, 'function'))
      ? undefined
      : `must have the methods ${logLevels.join(', ')} and child, as pino and consoleLogger() do`,
  metrics: must.beObject,
  tracer: must.beObject,
  leaderElection: must.beObject,
  health: must.beObject,
  metricsServer: must.beObject,
  gracefulShutdownTimeoutMs: must.beAtLeast(0),
  handleUnhandledRejections: must.beBoolean,
  blockedLoopThresholdMs: must.beAbove(0),
  onRun: must.beFunction,
  redact: must.beFunction,
};

const listenRules: OptionRules<ListenOptions> = { host: must.beText, port: required(must.beWholeFrom(0)) };

const runnableRules: OptionRules<RunnableOptions> = { name: must.beText, leaderElected: must.beBoolean };

/** @throws TypeError or RangeError unless there is something to read and write objects with, and the rest makes sense */
export function checkManagerOptions(options: ManagerOptions): void {
  if (has(options, 'resource', 'function')) {
    refuse('the options of a manager', 'an object with clients', options, 'write new Manager({ clients })');
  }
  const clients = read(options, 'clients');
  if (!has(clients, 'resource', 'function')) {
    refuse('clients', 'a registry, or another ResourceClients', clients, 'write new Manager({ clients: registry })');
  }
  checkOptions('the manager', options, managerRules);
  const { health, metricsServer, metrics } = options;
  if (health !== undefined) checkOptions('health', health, listenRules);
  if (metricsServer === undefined) return;
  checkOptions('metricsServer', metricsServer, listenRules);
  if (metrics === undefined) {
    throw new TypeError('metricsServer needs metrics: give the prom-client registry to serve');
  }
}

/** @throws TypeError for a bare signal, which nobody would hear */
export function checkRunOptions(options: unknown): void {
  if (options instanceof AbortSignal) refuse('the options of run', 'an object', options, 'write run({ signal })');
}

/** Says what is wrong with the name of a finalizer; `undefined` when nothing is. */
export function checkFinalizerName(name: unknown): string | undefined {
  if (typeof name !== 'string' || !name.includes('/')) return 'must have a domain and "/" before the name';
  return checkQualifiedName(name);
}

/** @throws TypeError unless it can be called and its options make sense */
export function checkRunnable(runnable: unknown, options: RunnableOptions): void {
  checkFunction('a runnable', runnable, 'write manager.add(async ({ signal }) => { … })');
  checkOptions('a runnable', options, runnableRules);
}

/** @throws TypeError unless it is a stream, or a function that makes one */
export function checkTriggerStream(controller: string, stream: unknown): void {
  if (typeof stream === 'function' || has(stream, Symbol.asyncIterator, 'function')) return;
  const wayOut = 'hand over an async iterable such as what an async function* returns, or a function that begins one';
  refuse(`a trigger of controller "${controller}"`, 'a stream of keys', stream, wayOut);
}

/** @throws TypeError unless it is a name, or absent */
export function checkControllerName(name: unknown): void {
  if (name === undefined || (typeof name === 'string' && name !== '')) return;
  const wayOut = "write manager.controller('name').for(kind).reconcile(…); without a name the kind's is taken";
  refuse('the name of a controller', 'a text of at least one character', name, wayOut);
}

/** @throws TypeError unless it is a kind, or where they will do a list and watch */
export function checkKind(what: string, source: unknown, { orListWatch = false } = {}): void {
  if (has(source, 'singular', 'string')) return;
  if (orListWatch && has(source, 'list', 'function') && has(read(source, 'kind'), 'singular', 'string')) return;
  const rule = orListWatch ? 'a kind, or a list and watch' : 'a kind';
  refuse(what, rule, source, 'hand over what defineKind({ … }) returns');
}

/** @throws TypeError unless it is an object, or absent: of a function, as elsewhere states are set with, nothing would be written */
export function checkStatusChange(change: unknown): void {
  if (change === undefined || (typeof change === 'object' && change !== null && !Array.isArray(change))) return;
  refuse('what updateStatus writes', 'an object with fields of the status', change, 'write ctx.updateStatus({ … })');
}

/** @throws TypeError unless it can be called */
export function checkFunction(what: string, value: unknown, wayOut: string): void {
  if (typeof value !== 'function') refuse(what, 'a function', value, wayOut);
}

/** @throws TypeError unless it says how to reconcile, and the rest that it says can be called too */
export function checkReconciler(controller: string, reconciler: unknown): void {
  if (typeof reconciler === 'function') return;
  const wayOut = 'write .reconcile(async (object, context) => done()), or hand over an object with that method';
  const what = `the reconciler of controller "${controller}"`;
  if (!has(reconciler, 'reconcile', 'function'))
    refuse(what, 'a function, or have one named reconcile', reconciler, wayOut);
  for (const step of ['cleanup', 'giveUp', 'onGone']) {
    const value = read(reconciler, step);
    if (value !== undefined) {
      checkFunction(`${step} of ${what}`, value, `leave ${step} out or make it a method`);
      continue;
    }
    // Methods of one's own are welcome beside them; the same letters are a slip that would never be called.
    const slip = memberNames(reconciler).find((name) => name.toLowerCase() === step.toLowerCase());
    if (slip !== undefined) throw new TypeError(`${what} has no part "${slip}": did you mean "${step}"?`);
  }
}

/** The names of all members of an object, with those of its classes. */
function memberNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...Object.getOwnPropertyNames(value), ...memberNames(Object.getPrototypeOf(value))];
}

function read(value: unknown, field: string | symbol): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, field) as unknown) : undefined;
}

function has(value: unknown, field: string | symbol, type: 'function' | 'string'): boolean {
  return typeof read(value, field) === type;
}
