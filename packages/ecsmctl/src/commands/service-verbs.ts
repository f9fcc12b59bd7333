import type { CreateServiceRequest, ServiceRow, UpdateServiceRequest } from '@ecsm/ecsm-client';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { Invocation } from '../cli/invocation.js';
import { loadYaml } from '../configuration/load-yaml.js';
import type { actFlags, serviceFileFlags, serviceRollbackFlags } from '../definitions/platform.js';
import { findRows } from '../resources/find-row.js';
import { refuseIfOwned } from '../resources/ownership.js';
import { services } from '../resources/platform-kinds.js';
import { readNamed } from '../resources/read-named.js';

/** The services named, none of which an object owns unless `force`. All are looked up before any is touched. */
async function namedServices(invocation: Invocation, verb: string, force: boolean): Promise<readonly ServiceRow[]> {
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  const rows = await findRows(platform, services, args, { signal });
  for (const row of rows) await refuseIfOwned(invocation, row, verb, force);
  return rows;
}

/** The operator wants its services started too, so that starting one by hand is in nobody's way. */
const welcome = ['start'];

const pastOf = { start: 'starting', stop: 'stopping', restart: 'restarting' } as const;

/** Makes the handler of a verb that acts on all containers of services. */
export function serviceVerb(verb: keyof typeof pastOf): Handler<typeof actFlags> {
  return async (invocation, flags) => {
    const rows = await namedServices(invocation, verb, flags.force || welcome.includes(verb));
    const platform = await invocation.platform();
    await platform.services.act(
      verb,
      rows.map(({ id }) => id),
      { signal: invocation.signal },
    );
    for (const { name } of rows) invocation.print(`service/${name} ${pastOf[verb]}\n`);
  };
}

/** Deletes services with their containers. */
export const serviceDelete: Handler<typeof actFlags> = async (invocation, flags) => {
  const platform = await invocation.platform();
  for (const { id, name } of await namedServices(invocation, 'delete', flags.force)) {
    await platform.services.delete(id, { signal: invocation.signal });
    invocation.print(`service/${name} deleted\n`);
  }
};

/** Deploys a service again as it is. */
export const serviceRedeploy: Handler<typeof actFlags> = async (invocation, flags) => {
  const platform = await invocation.platform();
  for (const { id, name } of await namedServices(invocation, 'redeploy', flags.force)) {
    await platform.services.redeploy(id, { signal: invocation.signal });
    invocation.print(`service/${name} redeploying\n`);
  }
};

/** Returns a service to a deployment record. */
export const serviceRollback: Handler<typeof serviceRollbackFlags> = async (invocation, flags) => {
  const { record } = flags;
  if (record === undefined)
    throw new UsageError('to which record? --record is missing', 'ecsmctl get records --service NAME lists them');
  const platform = await invocation.platform();
  for (const { id, name } of await namedServices(invocation, 'rollback', flags.force)) {
    await platform.services.rollback(id, record, { signal: invocation.signal });
    invocation.print(`service/${name} rolling back to ${record}\n`);
  }
};

async function readRequest(
  invocation: Invocation,
  file: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  if (file === undefined)
    throw new UsageError('the request is missing: -f FILE', 'it holds name, image.ref and node.names');
  const text = await readNamed(file, invocation.io);
  const value = await loadYaml(text, (reason) => new CliError(`${file} is neither YAML nor JSON: ${reason}`));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new CliError(`${file} must hold one mapping with the fields of a service`);
}

/** Creates a platform service without a declared object; gaps in the image's configuration are filled from the image. */
export const serviceCreate: Handler<typeof serviceFileFlags> = async (invocation, flags) => {
  const request = await readRequest(invocation, flags.filename);
  const { name, image, node } = request as Partial<CreateServiceRequest>;
  const missing =
    name === undefined
      ? 'name'
      : image?.ref === undefined
        ? 'image.ref'
        : node === undefined
          ? 'node.names'
          : undefined;
  if (name === undefined || image?.ref === undefined || missing !== undefined) {
    throw new CliError(`the request has no ${missing ?? 'name'}`);
  }
  const platform = await invocation.platform();
  const { signal } = invocation;
  const config =
    (image.config as typeof image.config | undefined) ?? (await platform.images.config(image.ref, { signal })) ?? {};
  const complete = {
    ...request,
    image: { ...image, action: (image.action as typeof image.action | undefined) ?? 'run', config },
  } as object as CreateServiceRequest;
  const { id } = await platform.services.create(complete, { signal });
  invocation.print(`service/${name} created (${id})\n`);
};

/** Changes a platform service: what the file says replaces what is there, the rest is sent back as it was read. */
export const serviceUpdate: Handler<typeof serviceFileFlags> = async (invocation, flags) => {
  const change = await readRequest(invocation, flags.filename);
  const [row] = await namedServices(invocation, 'update', flags.force);
  if (row === undefined) return;
  const platform = await invocation.platform();
  const { signal } = invocation;
  const { id, name, image, node, nodeList, factor, policy } = await platform.services.get(row.id, { signal });
  const names = node?.names ?? nodeList.map(({ nodeName }) => nodeName);
  const present = { id, name, image, node: { names }, factor, policy };
  const { image: newImage } = change as Partial<UpdateServiceRequest>;
  const merged = { ...present, ...change, id, image: { ...image, ...newImage } } as object as UpdateServiceRequest;
  await platform.services.update(merged, { signal });
  invocation.print(`service/${merged.name} updated\n`);
};
