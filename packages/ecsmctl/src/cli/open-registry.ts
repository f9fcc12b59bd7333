import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { makeFolder, Registry, resolveRegistryPath } from '@ecsm/registry';

import { expandPath } from '../configuration/settings.js';
import { CliError, systemReason } from './cli-error.js';
import type { Invocation } from './invocation.js';

/** Where the registry is, by flags, environment, context and defaults. */
export async function registryPath(invocation: Invocation): Promise<string> {
  const { io, globals, log } = invocation;
  const { context } = await invocation.settings();
  const { path, source } = resolveRegistryPath({
    program: 'ecsmctl',
    // Not that of the environment, which may be empty.
    env: { ...io.env, HOME: io.home },
    ...(globals.registry === undefined ? {} : { flag: globals.registry }),
    ...(context.registry === undefined ? {} : { contextPath: context.registry }),
  });
  const expanded = expandPath(path, io);
  log.info('using registry', { path: expanded, source });
  return expanded;
}

/** Makes the folder of a registry that is to be made. @throws CliError when that cannot be */
export function makeRegistryFolder(path: string): void {
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new CliError(`the folder ${folder} of the registry cannot be made: ${systemReason(error)}`, {
      hint: '--registry, ECSMCTL_REGISTRY or a context says where the registry is',
    });
  }
}

/** Opens the registry: to read or to write what is there, or to make file and folder where there are none. */
export async function openRegistry(
  invocation: Invocation,
  mode: 'read' | 'write' | 'create',
): Promise<{ readonly value: Registry; readonly close: () => Promise<void> }> {
  const path = await invocation.registryPath();
  if (mode === 'create') {
    makeRegistryFolder(path);
    // Whoever meant another one, that of the operator mostly, would wait for it in vain.
    if (!existsSync(path)) invocation.note(`${path} is a new registry\n`);
  }
  const value = await Registry.open({
    path,
    scheme: await invocation.scheme(),
    clock: invocation.clock,
    readonly: mode === 'read',
    create: mode === 'create',
  });
  return { value, close: () => value.close() };
}
