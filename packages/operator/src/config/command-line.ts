import type { Argv, Options } from 'yargs';

import { messageLine } from '../internal/message-line.js';
import { settingDefinitions, variableOf, type SettingDefinition } from './setting-definitions.js';
import { UsageError } from './usage-error.js';

const examples = [
  ['$0 --simulate', 'try everything on a simulated platform'],
  ['$0 --simulate --manifests docs/examples/manifests --once', 'the same, until all is Available'],
  ['$0 --platform-url http://10.0.0.5:3001 --registry /var/lib/ecsm/registry.db', 'on a real one'],
  ['ECSM_OPERATOR_LOG_LEVEL=debug $0 --config operator.yaml', 'flags over variables over the file'],
  ['$0 config print --config operator.yaml', 'what holds, and why; config validate only checks'],
  ['$0 registry acknowledge', 'end the report of lost revisions'],
] as const;

const exitCodes = [
  ['0', 'stopped as asked, or with --once everything is as it should be'],
  ['1', 'with --once: not everything within --timeout; else: a part failed'],
  ['2', 'a flag, variable, configuration file or manifest makes no sense'],
  ['3', 'the registry cannot be opened, or was taken away'],
  ['4', 'another operator leads now; start again to wait for the lead'],
  ['130', 'a second signal came while it was stopping'],
] as const;

/** Widest line of the help, for terminals of any width and for files. */
const helpColumns = 100;

function optionOf({ placeholder, help, fallback, absent }: SettingDefinition): Options {
  const otherwise = fallback ?? absent;
  const describe = otherwise === undefined ? help : `${help} (${otherwise})`;
  // No boolean of yargs' own: it takes whatever it is given but `true` for `false`.
  return placeholder === undefined
    ? { describe }
    : { type: 'string', describe: `${placeholder}: ${describe}`, requiresArg: true };
}

const options: Record<string, Options> = {
  ...Object.fromEntries(
    settingDefinitions.filter(({ secret }) => secret !== true).map((each) => [each.flag, optionOf(each)]),
  ),
  config: {
    type: 'string',
    describe: 'FILE: the same settings as YAML: platformUrl, pollInterval, …',
    requiresArg: true,
  },
  help: { type: 'boolean', alias: 'h', describe: 'print this and end' },
  version: { type: 'boolean', describe: 'print the version and end' },
};

/** What the flags say, before the environment and the file are asked. */
export interface ParsedFlags {
  /** What `--help` prints, when it was asked for. */
  readonly help?: string;
  readonly version: boolean;
  /** Texts and truths by flag. */
  readonly values: Readonly<Record<string, unknown>>;
}

function describe(parser: Argv): Argv {
  const secrets = settingDefinitions.flatMap((each) => (each.secret === true ? [variableOf(each)] : [])).join(', ');
  const codes = exitCodes.map(([code, what]) => `  ${code.padEnd(4)} ${what}`).join('\n');
  return examples
    .reduce((each, [command, what]) => each.example(command, what), parser)
    .usage('$0: drives an ECSM platform towards the objects of a registry')
    .epilogue(
      `Each flag is also read from the environment: ECSM_OPERATOR_PLATFORM_URL, …; secrets only from there or from files:
${secrets}. SIGHUP reads the configuration and files anew.\n\nExit codes:\n${codes}`,
    );
}

/**
 * Reads the flags.
 *
 * @throws UsageError when a flag is unknown, lacks its value or stands twice
 */
export async function parseFlags(argv: readonly string[]): Promise<ParsedFlags> {
  const { default: yargs } = await import('yargs');
  const parser = describe(
    // With a folder it makes no use of: it would ask for the current one, which may be gone.
    yargs([...argv], '/')
      .scriptName('ecsm-operator')
      .parserConfiguration({ 'camel-case-expansion': false, 'parse-numbers': false })
      .version(false)
      .help(false)
      .options(options)
      .wrap(helpColumns)
      .strict()
      .exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => {
        throw new UsageError(`${message ?? messageLine(error)}; see ecsm-operator --help`);
      }),
  );
  const values = await parser.parseAsync();
  for (const name of Object.keys(options)) {
    if (Array.isArray(values[name])) throw new UsageError(`--${name} is given more than once`);
  }
  return {
    ...(values['help'] === true ? { help: `${await parser.getHelp()}\n` } : {}),
    version: values['version'] === true,
    values,
  };
}
