import type { Handler } from '../cli/command.js';
import type { versionFlags } from '../definitions/settings.js';
import { printFacts } from '../output/print-facts.js';
import { version } from '../version.js';

/** Prints the version of this program and of what runs it. */
export const showVersion: Handler<typeof versionFlags> = (invocation, flags) => {
  const facts = { ecsmctl: version, node: process.versions.node };
  return printFacts(invocation, flags.output, facts, () => `ecsmctl ${facts.ecsmctl} (Node ${facts.node})\n`);
};
