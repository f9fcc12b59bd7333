import type { Handler } from '../cli/command.js';
import type { versionFlags } from '../definitions/settings.js';
import { toJson, toYaml } from '../output/serialize.js';
import { version } from '../version.js';

/** Prints the version of this program and of what runs it. */
export const showVersion: Handler<typeof versionFlags> = async (invocation, flags) => {
  const facts = { ecsmctl: version, node: process.versions.node };
  if (flags.output === 'json') invocation.print(toJson(facts));
  else if (flags.output === 'yaml') invocation.print(await toYaml(facts));
  else invocation.print(`ecsmctl ${facts.ecsmctl} (Node ${facts.node})\n`);
};
