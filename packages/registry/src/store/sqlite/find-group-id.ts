import { readFileSync } from 'node:fs';

/**
 * The number of a group, which Node.js cannot ask the system for.
 *
 * @throws TypeError when the machine has no such group
 */
export function findGroupId(group: string, database = '/etc/group'): number {
  const line = readFileSync(database, 'utf8')
    .split('\n')
    .find((candidate) => candidate.startsWith(`${group}:`));
  const id = Number(line?.split(':')[2]);
  if (line === undefined || !Number.isSafeInteger(id)) {
    throw new TypeError(`expected the name of a group of this machine, received ${JSON.stringify(group)}`);
  }
  return id;
}
