import type { Scheme } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { DeclaredQuery } from './declared-objects.js';
import { findType, type ResourceType } from './vocabulary.js';

/** What arguments such as `es,hpa` or `es web api` or `es/web node/n1` ask for: a kind, and names in it if any are given. */
export interface Target {
  readonly type: ResourceType;
  /** Absent when the kind as a whole is meant. */
  readonly names?: readonly string[];
}

/** Flags that say which objects are meant otherwise than by name. */
export interface Choice extends DeclaredQuery {
  readonly all?: boolean;
}

/** @throws UsageError when objects are named, by names or -f, and chosen otherwise too: one of the two would be ignored */
export function checkNamedAlone(how: 'names' | '-f', flags: Choice): void {
  const others = [
    ['-A', flags['all-namespaces'] === true],
    ['--all', flags.all === true],
    ['-l', flags.selector !== undefined],
    ['--field-selector', flags['field-selector'] !== undefined],
  ] as const;
  const other = others.find(([, isGiven]) => isGiven)?.[0];
  if (other !== undefined) throw new UsageError(`${how} and ${other} cannot be given together`);
}

/** Reads the arguments that name objects. @throws UsageError when they name no type or mix the forms */
export function parseTargets(args: readonly string[], scheme: Scheme): readonly Target[] {
  const [first, ...rest] = args;
  if (first === undefined || /^,*$/.test(first))
    throw new UsageError('a resource type is missing', 'for example: es, nodes, services');
  // The names of images and templates may hold a slash, so only the first argument decides the form.
  if (!first.includes('/')) {
    const types = first
      .split(',')
      .filter((word) => word !== '')
      .map((word) => findType(word, scheme));
    if (rest.length === 0) return types.map((type) => ({ type }));
    const mixed = rest.find((name) => name.includes('/') && isTyped(name, scheme));
    if (mixed !== undefined) {
      throw new UsageError(
        `"${first}" and "${mixed}" cannot stand together`,
        'write TYPE NAME..., or TYPE/NAME for each',
      );
    }
    return types.map((type) => ({ type, names: rest }));
  }
  const targets = new Map<string, { type: ResourceType; names: string[] }>();
  for (const arg of args) {
    const slash = arg.indexOf('/');
    const name = arg.slice(slash + 1);
    if (slash < 1 || name === '')
      throw new UsageError(
        args.length === 1 ? `"${arg}" must be TYPE/NAME` : `"${arg}" must be TYPE/NAME when other arguments are`,
      );
    const type = findType(arg.slice(0, slash), scheme);
    const target = targets.get(type.kind.plural) ?? { type, names: [] };
    target.names.push(name);
    targets.set(type.kind.plural, target);
  }
  return [...targets.values()];
}

function isTyped(arg: string, scheme: Scheme): boolean {
  try {
    findType(arg.slice(0, arg.indexOf('/')), scheme);
    return true;
  } catch {
    return false;
  }
}
