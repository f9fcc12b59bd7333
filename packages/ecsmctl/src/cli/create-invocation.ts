import { ecsmScheme, systemClock, type Scheme } from '@ecsm/api-types';

import { resolveSettings, type Settings } from '../configuration/settings.js';
import type { GlobalFlags } from '../definitions/global-flags.js';
import type { Io } from '../io.js';
import { createPainter } from '../output/paint.js';
import type { AnyCommand } from './command.js';
import type { Invocation } from './invocation.js';
import { createLogger, logFormatOf, logLevelOf } from './logger.js';

/** Makes what a command works with. What it opens is closed when the invocation is disposed of. */
export function createInvocation(
  command: Pick<AnyCommand, 'readsOnly'>,
  args: readonly string[],
  globals: GlobalFlags,
  io: Io,
): Invocation & AsyncDisposable {
  const clock = io.clock ?? systemClock;
  const level = logLevelOf(globals['log-level'] ?? io.env['ECSMCTL_LOG_LEVEL']);
  const format = logFormatOf(globals['log-format'] ?? io.env['ECSMCTL_LOG_FORMAT']);
  const log = createLogger(io.stderr, level, format, () => clock.now());
  const ends = [io.signal, command.readsOnly === true ? io.stdout.gone : undefined];
  const signal = AbortSignal.any(ends.filter((each) => each !== undefined));
  let settings: Promise<Settings> | undefined;
  let scheme: Promise<Scheme> | undefined;
  let path: Promise<string> | undefined;
  const opened: (() => Promise<void>)[] = [];
  const openOnce = <T>(open: () => Promise<{ readonly value: T; readonly close: () => Promise<void> }>) => {
    let opening: Promise<T> | undefined;
    return () =>
      (opening ??= open().then(({ value, close }) => {
        opened.push(close);
        return value;
      }));
  };
  const invocation: Invocation = {
    io,
    args,
    globals,
    clock,
    signal,
    log,
    paint: createPainter(io.stdout.isTerminal === true, io.env, globals['no-color']),
    print: (text) => io.stdout.write(text),
    note: (text) => io.stderr.write(text),
    settings: () => (settings ??= resolveSettings(globals, io)),
    scheme: () => (scheme ??= resolveScheme(invocation)),
    registryPath: () => (path ??= import('./open-registry.js').then((module) => module.registryPath(invocation))),
    registry: openOnce(async () =>
      (await import('./open-registry.js')).openRegistry(invocation, command.readsOnly === true ? 'read' : 'write'),
    ),
    writableRegistry: openOnce(async () => (await import('./open-registry.js')).openRegistry(invocation, 'create')),
    platform: openOnce(async () => (await import('./open-platform.js')).openPlatform(invocation)),
  };
  return {
    ...invocation,
    async [Symbol.asyncDispose]() {
      for (const close of opened.reverse()) await close();
    },
  };
}

async function resolveScheme(invocation: Invocation): Promise<Scheme> {
  const { kindFiles } = await invocation.settings();
  if (kindFiles.length === 0) return ecsmScheme;
  const { addKindFiles } = await import('../configuration/kind-files.js');
  return addKindFiles(ecsmScheme, kindFiles);
}
