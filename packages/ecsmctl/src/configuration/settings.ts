import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

import { checkLabelName, withoutCredentials } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { GlobalFlags } from '../definitions/global-flags.js';
import type { Io } from '../io.js';
import { readConfigFile, requireContext, type ConfigFile, type Context } from './config-file.js';

/** Where the platform is when nobody says; also where the simulator listens. */
export const defaultPlatformUrl = 'http://127.0.0.1:3001';

/** What a run works with, put together from flags, environment, configuration file and defaults, in this order. */
export interface Settings {
  readonly configPath: string;
  readonly config: ConfigFile;
  readonly contextName: string | undefined;
  readonly context: Context;
  readonly platformUrl: string;
  /** What to show to a gateway in front of the platform: the file that holds it, or the token itself. */
  readonly platformToken: { readonly file: string } | { readonly value: string } | undefined;
  readonly namespace: string;
  /** The namespace the user asked for in this very line. */
  readonly namespaceGiven: string | undefined;
  readonly operatorId: string;
  /** Files that define kinds of the user's own. */
  readonly kindFiles: readonly string[];
}

/** Which configuration file to use, and whether the user named it. */
export function configPathOf(
  flags: Partial<GlobalFlags>,
  io: Io,
): { readonly path: string; readonly isNamed: boolean } {
  const named = flags.config ?? nonEmpty(io.env['ECSMCTL_CONFIG']);
  if (named !== undefined) return { path: expandPath(named, io), isNamed: true };
  const base = nonEmpty(io.env['XDG_CONFIG_HOME']) ?? join(io.home, '.config');
  return { path: join(base, 'ecsm', 'config.yaml'), isNamed: false };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** A path as the user wrote it, `~` and relative ones included. */
export function expandPath(path: string, io: Pick<Io, 'cwd' | 'home'>): string {
  if (path === '~' || path.startsWith('~/')) return join(io.home, path.slice(1));
  return isAbsolute(path) ? resolve(path) : resolve(io.cwd, path);
}

/** The address that the earlier tool's variables add up to, if any of them is set. */
function earlierPlatformUrl(env: Io['env']): string | undefined {
  const host = nonEmpty(env['ECSMCLI_HOST']);
  const port = nonEmpty(env['ECSMCLI_PORT']);
  const protocol = nonEmpty(env['ECSMCLI_PROTOCOL']);
  if (host === undefined && port === undefined && protocol === undefined) return undefined;
  const name = host ?? 'localhost';
  // An IPv6 address needs brackets in a URL.
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `${protocol ?? 'http'}://${bracketed}:${port ?? '3001'}`;
}

/** @throws UsageError when a text is no address of a platform */
export function checkPlatformUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const shown = withoutCredentials(text);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(
      `the platform URL "${shown}" must be an http or https URL`,
      `write it like ${defaultPlatformUrl}`,
    );
  }
  if (url.username === '' && url.password === '') return text;
  throw new UsageError(
    `the platform URL "${shown}" must hold no user or password, which would show up in logs`,
    `write it like ${defaultPlatformUrl}`,
  );
}

/** Puts the settings of a run together. @throws CliError when the file is broken or names no such context */
export async function resolveSettings(flags: Partial<GlobalFlags>, io: Io): Promise<Settings> {
  const { env } = io;
  const { path: configPath, isNamed } = configPathOf(flags, io);
  const config = await readConfigFile(configPath, isNamed);
  const contextName = flags.context ?? nonEmpty(env['ECSMCTL_CONTEXT']) ?? config.currentContext;
  const context = contextName === undefined ? {} : requireContext(config, contextName, configPath);
  const givenUrl = flags['platform-url'] ?? nonEmpty(env['ECSMCTL_PLATFORM_URL']) ?? earlierPlatformUrl(env);
  const platformUrl = checkPlatformUrl(givenUrl ?? context.platformUrl ?? defaultPlatformUrl);
  const namespace = flags.namespace ?? nonEmpty(env['ECSMCTL_NAMESPACE']) ?? context.namespace ?? 'default';
  const rule = checkLabelName(namespace);
  if (rule !== undefined) throw new UsageError(`the namespace "${namespace}" ${rule}`);
  return {
    configPath,
    config,
    contextName,
    context,
    platformUrl,
    platformToken: platformTokenOf(flags, platformUrl === context.platformUrl ? context : {}, io),
    namespace,
    namespaceGiven: flags.namespace,
    operatorId: nonEmpty(env['ECSMCTL_OPERATOR_ID']) ?? context.operatorId ?? 'default',
    kindFiles: kindFilesOf(flags, context, configPath, io),
  };
}

function platformTokenOf(flags: Partial<GlobalFlags>, context: Context, io: Io): Settings['platformToken'] {
  const file = flags['platform-token-file'] ?? nonEmpty(io.env['ECSMCTL_PLATFORM_TOKEN_FILE']);
  if (file !== undefined) return { file: expandPath(file, io) };
  const value = nonEmpty(io.env['ECSMCTL_PLATFORM_TOKEN']);
  if (value !== undefined) return { value };
  return context.platformTokenFile === undefined ? undefined : { file: expandPath(context.platformTokenFile, io) };
}

function kindFilesOf(flags: Partial<GlobalFlags>, context: Context, configPath: string, io: Io): readonly string[] {
  const listed = nonEmpty(io.env['ECSMCTL_KINDS'])
    ?.split(delimiter)
    .filter((file) => file !== '');
  const given = flags.kinds !== undefined && flags.kinds.length > 0 ? flags.kinds : listed;
  if (given !== undefined) return given.map((file) => expandPath(file, io));
  const beside = { home: io.home, cwd: dirname(configPath) };
  return (context.kinds ?? []).map((file) => expandPath(file, beside));
}
