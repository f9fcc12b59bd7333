import type { AnyCommand } from '../cli/command.js';
import type { Handler } from '../cli/command.js';
import { flagMeaning, flagSyntax, shownFlags } from '../cli/help.js';
import type { Flags } from '../cli/flag.js';
import { commands } from '../definitions/commands.js';
import { globalFlags } from '../definitions/global-flags.js';
import type { noFlags } from '../definitions/platform.js';

const introduction = `# ecsmctl

Every command, printed from the definitions that the program itself parses with (\`ecsmctl reference\`).
Flags may stand anywhere in a line. Coming from kubectl? See [the guide](../guides/from-kubectl.md).

Exit codes: 0 done, 1 error, 2 usage, 3 not found, 4 conflict, 5 timeout, 130 interrupted.

Settings are taken from flags, else from the environment (\`ECSMCTL_REGISTRY\`, \`ECSMCTL_PLATFORM_URL\`, \`ECSMCTL_NAMESPACE\`,
\`ECSMCTL_PLATFORM_TOKEN\`, \`ECSMCTL_PLATFORM_TOKEN_FILE\`, \`ECSMCTL_CONFIG\`, \`ECSMCTL_CONTEXT\`, \`ECSMCTL_REQUEST_TIMEOUT\`, \`ECSMCTL_LOG_LEVEL\`, \`ECSMCTL_LOG_FORMAT\`, \`ECSMCTL_OPERATOR_ID\`;
of the earlier tool \`ECSMCLI_HOST\`, \`ECSMCLI_PORT\`, \`ECSMCLI_PROTOCOL\`), else from the context of \`~/.config/ecsm/config.yaml\`, else from
the defaults. The registry falls back to \`ECSM_REGISTRY\`, the context's, \`/var/lib/ecsm/registry.db\` where it exists, and
\`~/.local/state/ecsm/registry.db\`.
`;

function flagList(flags: Flags): string {
  return shownFlags(flags)
    .map(([name, flag]) => `- \`${flagSyntax(name, flag)}\`: ${flagMeaning(flag)}\n`)
    .join('');
}

function section({ name, summary, details, usage, examples = [], flags }: AnyCommand): string {
  const parts = [`### ecsmctl ${name}\n`, `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.\n`];
  if (details !== undefined) parts.push(`${details}\n`);
  const own = shownFlags(flags).length > 0;
  const line = ['ecsmctl', name, usage, own ? '[flags]' : undefined].filter(Boolean).join(' ');
  const shown = examples.map((example) => `\n# ${example.does}\n${example.line}\n`).join('');
  parts.push(`\`\`\`sh\n${line}\n${shown}\`\`\`\n`);
  if (own) parts.push(flagList(flags));
  return parts.join('\n');
}

/** The reference of all commands as Markdown. */
export function renderReference(): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const groups = [...new Set(shown.map(({ group }) => group))];
  return [
    introduction,
    `## Flags of every command\n\n${flagList(globalFlags)}`,
    ...groups.flatMap((group) => [`## ${group}\n`, ...shown.filter((each) => each.group === group).map(section)]),
  ].join('\n');
}

/** Prints the reference. */
export const reference: Handler<typeof noFlags> = (invocation) => {
  invocation.print(renderReference());
};
