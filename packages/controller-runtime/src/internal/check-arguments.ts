import { inspect } from 'node:util';

/**
 * What the compiler refuses, refused for programs in plain JavaScript: said where the mistake was made, not where its
 * consequences come to light. Other rules than the types' are checked where they belong.
 */
function refuse(what: string, rule: string, value: unknown, wayOut: string): never {
  throw new TypeError(`${what} must be ${rule}, got ${brief(value)}: ${wayOut}`);
}

/** @throws TypeError unless there is something to read and write objects with */
export function checkManagerOptions(options: unknown): void {
  if (has(options, 'resource', 'function')) {
    refuse('the options of a manager', 'an object with clients', options, 'write new Manager({ clients })');
  }
  const clients = read(options, 'clients');
  if (!has(clients, 'resource', 'function')) {
    refuse('clients', 'a registry, or another ResourceClients', clients, 'write new Manager({ clients: registry })');
  }
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
    if (value !== undefined) checkFunction(`${step} of ${what}`, value, `leave ${step} out or make it a method`);
  }
}

function read(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, field) as unknown) : undefined;
}

function has(value: unknown, field: string, type: 'function' | 'string'): boolean {
  return typeof read(value, field) === type;
}

/** One line that tells what a value is; the outermost level alone, since there may be secrets or ten thousand lines below. */
function brief(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 3 });
}
