import { collect, type ContainerAction } from '@ecsm/ecsm-client';

import type { Handler } from '../cli/command.js';
import type { actFlags, containerHistoryFlags } from '../definitions/platform.js';
import { parseOutputFormat } from '../output/output-format.js';
import { groupOf, printItems } from '../output/print-items.js';
import { findRow, findRows } from '../resources/find-row.js';
import { refuseIfOwned } from '../resources/ownership.js';
import { containers } from '../resources/platform-kinds.js';

const pastOf: Readonly<Record<ContainerAction, string>> = {
  start: 'starting',
  stop: 'stopping',
  restart: 'restarting',
  pause: 'pausing',
  unpause: 'going on',
};

/** What the operator would undo: it keeps instances running, and a restart leaves them so. */
const undone: readonly ContainerAction[] = ['stop', 'pause'];

/** Makes the handler of a verb that acts on containers. All are looked up before any is touched. */
export function containerVerb(verb: ContainerAction): Handler<typeof actFlags> {
  return async (invocation, flags) => {
    const platform = await invocation.platform();
    const { args, signal } = invocation;
    const rows = await findRows(platform, containers, args, { signal });
    for (const row of rows) {
      const service = { id: row.serviceId, name: row.serviceName };
      await refuseIfOwned(invocation, service, verb, flags.force || !undone.includes(verb));
    }
    for (const { name } of rows) {
      await platform.containers.act(verb, name, { signal });
      invocation.print(`container/${name} ${pastOf[verb]}\n`);
    }
  };
}

/** Lists the commands carried out on a container. */
export const containerHistory: Handler<typeof containerHistoryFlags> = async (invocation, flags) => {
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  const row = await findRow(platform, containers, args[0] ?? '', { signal });
  const history = await collect(platform.containers.allHistory(row.taskId, { signal }));
  const items = history.slice(0, flags.limit);
  if (items.length === 0) {
    invocation.note(`No history of ${row.name} found.\n`);
    return;
  }
  const group = groupOf({
    singular: 'action',
    items,
    columns: [
      { heading: 'TIME', value: ({ time }) => time },
      { heading: 'ACTION', value: ({ cmd }) => cmd },
      { heading: 'USER', value: ({ user }) => user },
    ],
    nameOf: ({ cmd }) => cmd,
  });
  await printItems(invocation, [group], parseOutputFormat(flags.output));
};
