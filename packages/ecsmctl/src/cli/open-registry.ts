import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Registry, resolveRegistryPath } from '@ecsm/registry';

import { expandPath } from '../configuration/settings.js';
import type { Invocation } from './invocation.js';

/** Where the registry is, by flags, environment, context and defaults. */
export async function registryPath(invocation: Invocation): Promise<string> {
  const { io, globals, log } = invocation;
  const { context } = await invocation.settings();
  const { path, source } = resolveRegistryPath({
    program: 'ecsmctl',
    env: { HOME: io.home, ...io.env },
    ...(globals.registry === undefined ? {} : { flag: globals.registry }),
    ...(context.registry === undefined ? {} : { contextPath: context.registry }),
  });
  const expanded = expandPath(path, io);
  log.info('using registry', { path: expanded, source });
  return expanded;
}

/** Opens the registry. @param options - `create`: make file and folder where there are none */
export async function openRegistry(
  invocation: Invocation,
  options: { readonly create: boolean },
): Promise<{ readonly value: Registry; readonly close: () => Promise<void> }> {
  const path = await invocation.registryPath();
  if (options.create) await mkdir(dirname(path), { recursive: true });
  const value = await Registry.open({ path, create: options.create, clock: invocation.clock });
  return { value, close: () => value.close() };
}
