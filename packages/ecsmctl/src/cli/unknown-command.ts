import { nearestWord } from '@ecsm/api-types';

import type { AnyCommand } from './command.js';

const noTerminals =
  'the API of the platform has neither output nor terminals of containers; ecsmctl describe and ecsmctl events tell what it knows';
const noMarks = 'the platform has no such marks: change nodePool or nodes of the objects, as with ecsmctl edit es NAME';
const byManifest = 'declare it in a manifest: ecsmctl explain es shows what it holds, ecsmctl apply -f FILE takes it';
const noServer = 'there is no API server: the registry is a file, and ecsmctl config view shows what is set';

/** What commands of Kubernetes are here, for who types them out of habit. */
const habits: readonly (readonly [commands: readonly string[], hint: string])[] = [
  [['logs', 'log', 'exec', 'attach', 'cp', 'port-forward', 'debug'], noTerminals],
  [['cordon', 'uncordon', 'drain', 'taint'], noMarks],
  [['run', 'expose'], byManifest],
  [['set'], 'change the field: ecsmctl edit es NAME, or ecsmctl patch es NAME -p PATCH'],
  [['config unset'], 'an empty value removes one: ecsmctl config set contexts.lab.namespace ""'],
  [
    ['config rename-context'],
    'make one with ecsmctl config set-context, and forget the other with config delete-context',
  ],
  [['cluster-info', 'auth', 'certificate', 'proxy'], noServer],
  [['api-versions'], 'see ecsmctl api-resources'],
  [['options'], 'see ecsmctl --help'],
  [['top pods', 'top pod', 'top po'], 'here these are containers: ecsmctl top containers'],
];

/** What to say about a word that is no command: what it is here, where it is one, or which one is near. */
export function hintForUnknownCommand(words: string, word: string, commands: readonly AnyCommand[]): string {
  const prefix = words === '' ? '' : `${words} `;
  const habit = habits.find(([each]) => each.includes(`${prefix}${word}`));
  if (habit !== undefined) return habit[1];
  const shown = commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
  const elsewhere = words === '' ? shown.filter((name) => name.endsWith(` ${word}`)) : [];
  if (elsewhere.length > 0) return `there is ${elsewhere.map((name) => `"ecsmctl ${name}"`).join(', ')}`;
  const known = shown
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length).split(' ')[0] ?? '');
  const near = nearestWord(word, known);
  return near === undefined ? `see ecsmctl ${prefix}--help` : `did you mean "ecsmctl ${prefix}${near}"?`;
}
