import { configMapTypes } from '@ecsm/ecsm-client';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { configMapSetFlags, noFlags, templateCreateFlags, templateDeployFlags } from '../definitions/platform.js';
import { findRow } from '../resources/find-row.js';
import { configMaps } from '../resources/platform-kinds.js';

function parseValue(type: string, text: string): unknown {
  if (type === 'string') return text;
  try {
    const value: unknown = JSON.parse(text);
    if (type === 'json' || typeof value === 'number') return value;
  } catch {
    // Falls through to the one complaint.
  }
  throw new UsageError(`"${text}" is no ${type}`);
}

/** Sets a value of the platform, new or present. */
export const configMapSet: Handler<typeof configMapSetFlags> = async (invocation, flags) => {
  const [key = '', text = ''] = invocation.args;
  const type = configMapTypes.find((each) => each === flags.type) ?? 'string';
  const value = parseValue(type, text);
  const platform = await invocation.platform();
  const { signal } = invocation;
  for await (const item of platform.configMaps.all({ key }, { signal })) {
    if (item.key !== key) continue;
    await platform.configMaps.update({ id: item.id, key, type, value }, { signal });
    invocation.print(`configmap/${key} updated\n`);
    return;
  }
  await platform.configMaps.create({ key, type, value }, { signal });
  invocation.print(`configmap/${key} created\n`);
};

/** Deletes values by key. */
export const configMapDelete: Handler<typeof noFlags> = async (invocation) => {
  const platform = await invocation.platform();
  const { args, signal } = invocation;
  for (const key of args) {
    const { id } = await findRow(platform, configMaps, key, { signal });
    await platform.configMaps.delete(id, { signal });
    invocation.print(`configmap/${key} deleted\n`);
  }
};

/** Creates templates for images in a folder, or a folder. */
export const templateCreate: Handler<typeof templateCreateFlags> = async (invocation, flags) => {
  const [path = ''] = invocation.args;
  const platform = await invocation.platform();
  const { signal } = invocation;
  if (flags.folder) {
    const slash = path.replace(/\/+$/, '').lastIndexOf('/');
    await platform.templates.createFolder(path.slice(0, slash) || '/', path.slice(slash + 1), { signal });
    invocation.print(`template ${path} created\n`);
    return;
  }
  if (flags.image.length === 0)
    throw new UsageError('of which image? --image is missing', 'or --folder for an empty folder');
  for (const { id, name } of await platform.templates.create(path, flags.image, { signal })) {
    invocation.print(`template ${name ?? id} created\n`);
  }
};

/** Moves a template or folder. */
export const templateMove: Handler<typeof noFlags> = async (invocation) => {
  const [from = '', to = ''] = invocation.args;
  await (await invocation.platform()).templates.move(from, to, { signal: invocation.signal });
  invocation.print(`template ${from} moved to ${to}\n`);
};

/** Deploys every template below paths. */
export const templateDeploy: Handler<typeof templateDeployFlags> = async (invocation, flags) => {
  const platform = await invocation.platform();
  const action = flags.load ? 'load' : 'run';
  const request = { paths: invocation.args, force: flags.force };
  const made = await platform.services.deployTemplates(action, request, { signal: invocation.signal });
  for (const { id } of made) invocation.print(`service/${id} deploying\n`);
  if (made.length > 0) return;
  const hint = 'ecsmctl get templates lists them';
  throw new CliError(`there are no templates below ${invocation.args.join(', ')}`, {
    hint,
    exitCode: exitCodes.notFound,
  });
};

/** Deletes what is at paths. */
export const templateDelete: Handler<typeof noFlags> = async (invocation) => {
  const platform = await invocation.platform();
  for (const path of invocation.args) {
    await platform.templates.deleteByPath(path, { signal: invocation.signal });
    invocation.print(`template ${path} deleted\n`);
  }
};

/** Deletes deployment records. */
export const recordDelete: Handler<typeof noFlags> = async (invocation) => {
  const platform = await invocation.platform();
  for (const id of invocation.args) {
    await platform.records.delete(id, { signal: invocation.signal });
    invocation.print(`record/${id} deleted\n`);
  }
};
