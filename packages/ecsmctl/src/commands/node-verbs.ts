import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { Invocation } from '../cli/invocation.js';
import type { nodeAddFlags, nodeUpdateFlags, noFlags } from '../definitions/platform.js';
import { findRow, findRows } from '../resources/find-row.js';
import { nodes } from '../resources/platform-kinds.js';
import { readStdin } from '../resources/read-stdin.js';

async function passwordOf(
  invocation: Invocation,
  flags: { readonly password: string | undefined; readonly 'password-stdin': boolean },
): Promise<string | undefined> {
  if (flags['password-stdin'] && flags.password !== undefined)
    throw new UsageError('--password and --password-stdin cannot be given together');
  return flags['password-stdin'] ? (await readStdin(invocation.io)).replace(/\r?\n$/, '') : flags.password;
}

/** @throws UsageError when a text is no address with a port */
function checkAddress(address: string): string {
  const [, port = ''] = /^(?:[^\s:[\]]+|\[[0-9a-f:]+\]):(\d+)$/i.exec(address) ?? [];
  if (Number(port) >= 1 && Number(port) <= 65_535) return address;
  throw new UsageError(`--address "${address}" must be IP:PORT`, 'for example --address 10.0.0.7:1112');
}

/** Registers a node. */
export const nodeAdd: Handler<typeof nodeAddFlags> = async (invocation, flags) => {
  const [name = ''] = invocation.args;
  const { address } = flags;
  if (address === undefined)
    throw new UsageError('where is the node? --address is missing', 'for example --address 10.0.0.7:1112');
  checkAddress(address);
  const password = await passwordOf(invocation, flags);
  if (password === undefined) throw new UsageError('the password of the node is missing', 'use --password-stdin');
  const platform = await invocation.platform();
  const { signal } = invocation;
  await platform.nodes.register({ name, address, password, tls: flags.tls }, { signal });
  const { id } = await platform.nodes.getByName(name, { signal });
  invocation.print(`node/${name} added (${id})\n`);
};

/** Changes how a node is reached; what is not given stays. */
export const nodeUpdate: Handler<typeof nodeUpdateFlags> = async (invocation, flags) => {
  const { 'new-name': newName, 'no-tls': noTls } = flags;
  const given = [flags.address, newName, flags.password].some((each) => each !== undefined);
  if (!given && !flags.tls && !noTls && !flags['password-stdin'])
    throw new UsageError('what to change?', 'give --address, --new-name, --tls, --no-tls or --password-stdin');
  if (flags.tls && noTls) throw new UsageError('--tls and --no-tls cannot be given together');
  if (flags.address !== undefined) checkAddress(flags.address);
  const platform = await invocation.platform();
  const { signal } = invocation;
  const row = await findRow(platform, nodes, invocation.args[0] ?? '', { signal });
  const { address, name, tls, password } = await platform.nodes.get(row.id, { signal });
  const known = (await passwordOf(invocation, flags)) ?? password;
  if (known === undefined)
    throw new UsageError('the platform does not tell the password of the node', 'give it with --password-stdin');
  await platform.nodes.update(
    {
      id: row.id,
      address: flags.address ?? address,
      name: newName ?? name,
      tls: flags.tls ? true : noTls ? false : tls,
      password: known,
    },
    { signal },
  );
  invocation.print(`node/${newName ?? name} updated\n`);
};

/** Removes nodes; the platform refuses while services use them. */
export const nodeRemove: Handler<typeof noFlags> = async (invocation) => {
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  const rows = await findRows(platform, nodes, args, { signal });
  const result = await platform.nodes.delete(
    rows.map(({ id }) => id),
    { signal },
  );
  if (result.deleted) {
    for (const { name } of rows) invocation.print(`node/${name} removed\n`);
    return;
  }
  const inUse = result.conflicts.map(({ name, serves }) => `${name} by ${serves.map((each) => each.name).join(', ')}`);
  throw new CliError(`nodes are in use: ${inUse.join('; ')}`, {
    hint: 'move the services to other nodes first; ecsmctl get nodes shows which nodes are left',
  });
};
