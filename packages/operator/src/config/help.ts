import { settingDefinitions } from './settings.js';

const examples = [
  ['ecsm-operator --simulate', 'try everything on a simulated platform'],
  ['ecsm-operator --simulate --manifests docs/examples/manifests --once', 'the same, until all is Available'],
  ['ecsm-operator --platform-url http://10.0.0.5:3001 --registry /var/lib/ecsm/registry.db', 'on a real one'],
  [
    'ECSM_OPERATOR_LOG_LEVEL=debug ecsm-operator --config /etc/ecsm/operator.yaml',
    'flags over variables over the file',
  ],
] as const;

const exitCodes = [
  ['0', 'stopped as asked, or with --once everything is as it should be'],
  ['1', 'with --once: not everything within --timeout; else: a part failed'],
  ['2', 'a flag, variable, configuration file or manifest makes no sense'],
  ['3', 'the registry cannot be opened'],
  ['130', 'a second signal came while it was stopping'],
] as const;

/** What `--help` prints. */
export function helpText(): string {
  const flags = settingDefinitions.map(
    ({ flag, placeholder, help }) =>
      [placeholder === undefined ? `--${flag}` : `--${flag} ${placeholder}`, help] as const,
  );
  const rows = [
    ...flags,
    ['--config FILE', 'the same settings as YAML: platformUrl, pollInterval, ...'] as const,
    ['--help, --version', 'print and end'] as const,
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    'Drives an ECSM platform towards the objects of a registry.',
    '',
    'Usage: ecsm-operator [flags]',
    '',
    'Flags (each also as ECSM_OPERATOR_<FLAG> in the environment):',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Examples:',
    ...examples.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]),
    '',
    'Exit codes:',
    ...exitCodes.map(([code, what]) => `  ${code.padEnd(4)} ${what}`),
    '',
  ].join('\n');
}
