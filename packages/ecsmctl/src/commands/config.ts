import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import {
  changeConfigFile,
  checkConfig,
  readConfigFile,
  requireContext,
  type ConfigFile,
} from '../configuration/config-file.js';
import { checkPlatformUrl, configPathOf, expandPath } from '../configuration/settings.js';
import type { Invocation } from '../cli/invocation.js';
import type { noFlags } from '../definitions/platform.js';
import type { configViewFlags, getContextsFlags, setContextFlags } from '../definitions/settings.js';
import { omit } from '../output/omit.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, printItems } from '../output/print-items.js';
import { serialize } from '../output/serialize.js';

type PlainHandler = Handler<typeof noFlags>;

function pathOf(invocation: Invocation): string {
  return configPathOf(invocation.globals, invocation.io).path;
}

/** Changes the configuration file and returns what it held before. */
function change(invocation: Invocation, edit: (config: ConfigFile) => ConfigFile): Promise<ConfigFile> {
  return changeConfigFile(pathOf(invocation), invocation, (config) => {
    const changed = edit(config);
    const problem = checkConfig(changed);
    if (problem !== undefined) throw new UsageError(problem);
    return changed;
  });
}

/** Prints the configuration file. */
export const configView: Handler<typeof configViewFlags> = async (invocation, flags) => {
  invocation.print(await serialize(await readConfigFile(pathOf(invocation)), flags.output));
};

/** Lists contexts. */
export const configGetContexts: Handler<typeof getContextsFlags> = async (invocation, flags) => {
  const format = parseOutputFormat(flags.output);
  const config = await readConfigFile(pathOf(invocation));
  const items = Object.entries(config.contexts ?? {}).map(([name, context]) => ({ name, ...context }));
  if (items.length === 0) {
    invocation.note('No contexts found.\n');
    return;
  }
  const group = groupOf({
    items,
    columns: [
      { heading: 'CURRENT', value: ({ name }) => (name === config.currentContext ? '*' : ' ') },
      { heading: 'NAME', value: ({ name }) => name },
      { heading: 'PLATFORM', value: ({ platformUrl }) => platformUrl },
      { heading: 'REGISTRY', value: ({ registry }) => registry },
      { heading: 'NAMESPACE', value: ({ namespace }) => namespace },
    ],
    nameOf: ({ name }) => name,
  });
  await printItems(invocation, [group], format, { headings: !flags['no-headers'] });
};

async function contextInUse(invocation: Invocation): Promise<string> {
  const { contextName } = await invocation.settings();
  if (contextName === undefined)
    throw new CliError('no context is in use', { hint: 'ecsmctl config use-context NAME' });
  return contextName;
}

/** Prints the name of the context in use. */
export const configCurrentContext: PlainHandler = async (invocation) => {
  invocation.print(`${await contextInUse(invocation)}\n`);
};

/** Uses a context from now on. */
export const configUseContext: PlainHandler = async (invocation) => {
  const [name = ''] = invocation.args;
  await change(invocation, (config) => {
    requireContext(config, name, pathOf(invocation));
    return { ...config, currentContext: name };
  });
  invocation.print(`Switched to context "${name}".\n`);
};

/** Creates a context or changes it. */
export const configSetContext: Handler<typeof setContextFlags> = async (invocation, flags) => {
  const [named] = invocation.args;
  if (flags.current === (named !== undefined))
    throw new UsageError('which context?', 'write its NAME, or --current for the one in use');
  const name = named ?? (await contextInUse(invocation));
  const { registry, 'platform-url': platformUrl, 'platform-token-file': tokenFile, namespace } = invocation.globals;
  if (platformUrl !== undefined) checkPlatformUrl(platformUrl);
  const file = (path: string | undefined) => (path === undefined ? undefined : expandPath(path, invocation.io));
  const tls = present({
    caFile: file(flags['ca-file']),
    certFile: file(flags['cert-file']),
    keyFile: file(flags['key-file']),
  });
  const given = present({
    registry: file(registry),
    platformUrl,
    platformTokenFile: file(tokenFile),
    namespace,
    operatorId: flags['operator-id'],
  });
  const kinds = invocation.globals.kinds.map((path) => expandPath(path, invocation.io));
  const { contexts } = await change(invocation, (config) => {
    const before = config.contexts?.[name];
    const mergedTls = { ...before?.tls, ...tls };
    const context = {
      ...before,
      ...given,
      ...(kinds.length === 0 ? {} : { kinds }),
      ...(Object.keys(mergedTls).length === 0 ? {} : { tls: mergedTls }),
    };
    // The first context is the one to use.
    return { currentContext: config.currentContext ?? name, contexts: { ...config.contexts, [name]: context } };
  });
  invocation.print(`Context "${name}" ${contexts?.[name] === undefined ? 'created' : 'modified'}.\n`);
};

function present<T extends Readonly<Record<string, string | undefined>>>(
  values: T,
): { readonly [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

/** Sets one value by its path. */
export const configSet: PlainHandler = async (invocation) => {
  const [path = '', value = ''] = invocation.args;
  const steps = path.split('.').filter((step) => step !== '');
  if (steps.length === 0) throw new UsageError(`"${path}" is no path`, 'for example contexts.lab.namespace');
  if (steps.at(-1) === 'platformUrl' && value !== '') checkPlatformUrl(value);
  await change(invocation, (config) => {
    if (path === 'currentContext' && value !== '') requireContext(config, value, pathOf(invocation));
    return setPath(config, steps, value);
  });
  invocation.print(`Property "${path}" ${value === '' ? 'removed' : 'set'}.\n`);
};

function setPath(holder: unknown, [step = '', ...rest]: readonly string[], value: string): object {
  const fields = typeof holder === 'object' && holder !== null ? (holder as Readonly<Record<string, unknown>>) : {};
  if (rest.length > 0) return { ...fields, [step]: setPath(fields[step], rest, value) };
  if (value === '') return omit(fields, step);
  return { ...fields, [step]: value === 'true' ? true : value === 'false' ? false : value };
}

/** Forgets a context. */
export const configDeleteContext: PlainHandler = async (invocation) => {
  const [name = ''] = invocation.args;
  await change(invocation, (config) => {
    requireContext(config, name, pathOf(invocation));
    const contexts = omit(config.contexts ?? {}, name);
    const { currentContext, ...rest } = config;
    return {
      ...rest,
      ...(currentContext === name || currentContext === undefined ? {} : { currentContext }),
      contexts,
    };
  });
  invocation.print(`Context "${name}" deleted.\n`);
};
