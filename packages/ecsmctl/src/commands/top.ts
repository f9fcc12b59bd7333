import { collect, type ContainerRow } from '@ecsm/ecsm-client';

import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { topFlags } from '../definitions/platform.js';
import { mebibytes, percent, share, unknownFigure, used } from '../output/figures.js';
import { formatTable } from '../output/table.js';
import { findRows } from '../resources/find-row.js';
import { nodes as nodeKind } from '../resources/platform-kinds.js';

type TopFlags = ValuesOf<typeof topFlags>;

/** What one thing uses. */
interface Usage {
  readonly name: string;
  /** Percent. */
  readonly cpu: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly cells: readonly string[];
}

async function print(
  invocation: Invocation,
  headings: readonly string[],
  rows: readonly Usage[],
  flags: TopFlags,
): Promise<void> {
  if (rows.length === 0) {
    invocation.note('Nothing found.\n');
    return;
  }
  const by = flags['sort-by'];
  const sorted = [...rows].sort((a, b) => {
    if (by === 'name') return a.name < b.name ? -1 : 1;
    const key = by === 'cpu' ? 'cpu' : 'memory';
    return (b[key] ?? -1) - (a[key] ?? -1);
  });
  invocation.print(
    await formatTable(
      headings,
      sorted.map(({ cells }) => cells),
      { headings: !flags['no-headers'] },
    ),
  );
}

/** Shows what nodes use; one that sends no figures, such as an offline one, is listed as unknown. */
export const topNodes: Handler<typeof topFlags> = async (invocation, flags) => {
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  const rows =
    args.length === 0
      ? await collect(platform.nodes.all({}, { signal }))
      : await findRows(platform, nodeKind, args, { signal });
  const figures =
    rows.length === 0
      ? []
      : await platform.nodes.status(
          rows.map(({ id }) => id),
          { signal },
        );
  const usages = rows.map(({ id, name, status }): Usage => {
    const found = figures.find((each) => each.id === id);
    if (found === undefined || status === 'offline') {
      return {
        name,
        cpu: undefined,
        memory: undefined,
        cells: [name, status, ...Array<string>(5).fill(unknownFigure)],
      };
    }
    const memory = used(found.memoryTotal, found.memoryFree);
    const disk = used(found.diskTotal, found.diskFree);
    return {
      name,
      cpu: found.cpuUsage?.total,
      memory,
      cells: [
        name,
        status,
        percent(found.cpuUsage?.total),
        mebibytes(memory),
        share(memory, found.memoryTotal),
        share(disk, found.diskTotal),
        String(found.processCount ?? unknownFigure),
      ],
    };
  });
  await print(invocation, ['NAME', 'STATUS', 'CPU%', 'MEMORY', 'MEMORY%', 'DISK%', 'PROCESSES'], usages, flags);
};

async function allContainers(invocation: Invocation): Promise<readonly ContainerRow[]> {
  return collect((await invocation.platform()).containers.ofAllServices({ signal: invocation.signal }));
}

/** Shows what containers use. */
export const topContainers: Handler<typeof topFlags> = async (invocation, flags) => {
  const usages = (await allContainers(invocation)).map((row): Usage => ({
    name: row.name,
    cpu: row.cpuUsage?.total,
    memory: row.memoryUsage,
    cells: [
      row.name,
      percent(row.cpuUsage?.total),
      mebibytes(row.memoryUsage),
      share(row.memoryUsage, row.memoryLimit),
      mebibytes(row.sizeUsage),
      row.nodeName,
    ],
  }));
  await print(invocation, ['NAME', 'CPU%', 'MEMORY', 'MEMORY%', 'DISK', 'NODE'], usages, flags);
};

/** Shows what the containers of each service use together. */
export const topServices: Handler<typeof topFlags> = async (invocation, flags) => {
  const byService = new Map<string, ContainerRow[]>();
  for (const row of await allContainers(invocation)) {
    byService.set(row.serviceName, [...(byService.get(row.serviceName) ?? []), row]);
  }
  const usages = [...byService].map(([name, rows]): Usage => {
    const cpu = rows.reduce((sum, row) => sum + (row.cpuUsage?.total ?? 0), 0);
    const memory = rows.reduce((sum, row) => sum + (row.memoryUsage ?? 0), 0);
    const disk = rows.reduce((sum, row) => sum + (row.sizeUsage ?? 0), 0);
    return {
      name,
      cpu,
      memory,
      cells: [name, String(rows.length), percent(cpu), mebibytes(memory), mebibytes(disk)],
    };
  });
  await print(invocation, ['NAME', 'CONTAINERS', 'CPU%', 'MEMORY', 'DISK'], usages, flags);
};
