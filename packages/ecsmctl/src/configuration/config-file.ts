import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { checkLabelName, nearestWord, sleep, type Clock } from '@ecsm/api-types';

import { CliError, systemReason } from '../cli/cli-error.js';
import { isRecord } from '../is-record.js';
import { loadYaml } from './load-yaml.js';
import { readBounded } from './read-bounded.js';

/** How to reach one cluster. */
export interface Context {
  /** The registry file; `~` stands for the home directory. */
  readonly registry?: string;
  /** Without `/api/v1`. */
  readonly platformUrl?: string;
  /** Holds the bearer token for a gateway in front of that platform; no other address gets to see it. */
  readonly platformTokenFile?: string;
  /** @defaultValue `default` */
  readonly namespace?: string;
  /** The operator's `operatorId`, by which it marks its platform services. @defaultValue `default` */
  readonly operatorId?: string;
  /** Files that define kinds of one's own; relative ones are looked for beside the configuration file. */
  readonly kinds?: readonly string[];
  /** PEM files for a platform behind https. */
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    /** @defaultValue `true` */
    readonly verify?: boolean;
  };
}

/** What the configuration file holds. */
export interface ConfigFile {
  readonly currentContext?: string;
  readonly contexts?: Readonly<Record<string, Context>>;
}

const contextFields = ['registry', 'platformUrl', 'platformTokenFile', 'namespace', 'operatorId', 'kinds', 'tls'];
const tlsFields = ['caFile', 'certFile', 'keyFile', 'verify'];

/** The first thing in a parsed file that this program does not know or that has the wrong shape. */
export function checkConfig(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must hold a mapping with currentContext and contexts';
  const unknown = Object.keys(value).find((key) => key !== 'currentContext' && key !== 'contexts');
  if (unknown !== undefined) return `${unknown}: is not a setting; known are currentContext, contexts`;
  const { currentContext, contexts = {} } = value;
  if (currentContext !== undefined && typeof currentContext !== 'string') return 'currentContext: must be text';
  if (!isRecord(contexts)) return 'contexts: must be a mapping from names to contexts';
  for (const [name, context] of Object.entries(contexts)) {
    if (name === '') return 'contexts: a context needs a name';
    const problem = findContextProblem(context);
    if (problem !== undefined) return `contexts.${name}${problem}`;
  }
  return undefined;
}

function findContextProblem(context: unknown): string | undefined {
  if (!isRecord(context)) return ': must be a mapping';
  const unknown = Object.keys(context).find((key) => !contextFields.includes(key));
  if (unknown !== undefined) return `.${unknown}: is not a setting; known are ${contextFields.join(', ')}`;
  const { tls, kinds, ...texts } = context;
  if (kinds !== undefined && !(Array.isArray(kinds) && kinds.every((file) => typeof file === 'string')))
    return '.kinds: must be a list of files';
  const wrong = Object.keys(texts).find((key) => typeof texts[key] !== 'string');
  if (wrong !== undefined) return `.${wrong}: must be text`;
  const { namespace } = texts;
  const rule = typeof namespace === 'string' ? checkLabelName(namespace) : undefined;
  if (rule !== undefined) return `.namespace: "${String(namespace)}" ${rule}`;
  if (tls === undefined) return undefined;
  if (!isRecord(tls)) return '.tls: must be a mapping';
  const unknownTls = Object.keys(tls).find((key) => !tlsFields.includes(key));
  if (unknownTls !== undefined) return `.tls.${unknownTls}: is not a setting; known are ${tlsFields.join(', ')}`;
  const wrongTls = Object.keys(tls).find((key) => typeof tls[key] !== (key === 'verify' ? 'boolean' : 'string'));
  if (wrongTls === undefined) return undefined;
  return `.tls.${wrongTls}: must be ${wrongTls === 'verify' ? 'true or false' : 'text'}`;
}

/**
 * Reads a configuration file; one that is not there is empty.
 *
 * @param required - whether the user named the file, so that it must be there
 * @throws CliError naming the file and what is wrong with it
 */
export async function readConfigFile(path: string, required = false): Promise<ConfigFile> {
  let text: string;
  try {
    text = (await readBounded(path)).toString();
  } catch (error) {
    if (systemReason(error) === 'ENOENT' && !required) return {};
    throw new CliError(`the configuration file ${path} cannot be read: ${systemReason(error)}`);
  }
  const value =
    (await loadYaml(text, (reason) => new CliError(`the configuration file ${path} is not YAML: ${reason}`))) ?? {};
  const problem = checkConfig(value);
  if (problem !== undefined) throw new CliError(`the configuration file ${path}: ${problem}`);
  return value;
}

/** A context by its name. @throws CliError with a near name, or those that there are */
export function requireContext({ contexts = {} }: ConfigFile, name: string, path: string): Context {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context !== undefined) return context;
  const known = Object.keys(contexts);
  const near = nearestWord(name, known);
  throw new CliError(`there is no context "${name}" in ${path}`, {
    hint: near === undefined ? `known contexts: ${known.join(', ') || 'none'}` : `did you mean "${near}"?`,
  });
}

/** How often and how many times to try while somebody else changes the file. */
const retryMs = 20;
const retries = 100;

/**
 * Changes a configuration file. It is replaced as a whole, so that a crash leaves the old or the new one, and by one at a
 * time, so that no change is lost: the file that is to replace it is also the lock.
 *
 * @param change - makes of what the file holds what it shall hold; may throw to leave it as it is
 * @returns what the file held before
 * @throws CliError naming the file when it cannot be written; the old one is as it was then
 */
export async function changeConfigFile(
  path: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  change: (config: ConfigFile) => ConfigFile,
): Promise<ConfigFile> {
  const [{ dump }, { makeFolder }] = await Promise.all([import('js-yaml'), import('@ecsm/registry')]);
  const cannot = (error: unknown) =>
    new CliError(`the configuration file ${path} cannot be written: ${systemReason(error)}`, {
      hint: '--config or ECSMCTL_CONFIG names another one',
    });
  // A link stays a link.
  const target = existsSync(path) ? realpathSync(path) : path;
  const next = `${target}.new`;
  try {
    makeFolder(dirname(target));
  } catch (error) {
    throw cannot(error);
  }
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(next, '', { mode: 0o600, flag: 'wx' });
      break;
    } catch (error) {
      if (systemReason(error) !== 'EEXIST') throw cannot(error);
      if (tries === retries)
        throw new CliError(`the configuration file ${path} is being changed by another ecsmctl`, {
          hint: `if there is none, it has left ${next} behind: remove that file`,
        });
      await sleep(clock, retryMs, { signal });
    }
  }
  try {
    const before = await readConfigFile(target);
    const changed = dump(change(before));
    try {
      writeFileSync(next, changed, { flush: true });
      renameSync(next, target);
      return before;
    } catch (error) {
      throw cannot(error);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
