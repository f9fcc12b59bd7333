/**
 * A process with two managers that take care of forgotten promises: `forgotten-promises-worker.ts run|foreign|watched`.
 *
 * A promise is forgotten by a run of each manager, by the program itself, or by the program while it listens for such
 * rejections itself. Prints a line for each report of a manager, and `survived` at the end.
 */
import { ecsmScheme } from '@ecsm/api-types';
import { consoleLogger, done, Manager } from '@ecsm/controller-runtime';
import { MemoryStore, Registry } from '@ecsm/registry';

import { Gadget, gadget, kinds } from './gadget.js';

const mode = process.argv[2];
await using registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme.with(...kinds) });
await registry.resource(Gadget).create(gadget('a'));
if (mode === 'watched') process.on('unhandledRejection', (reason) => console.log(`watched: ${String(reason)}`));

const managers = ['first', 'second'].map((name) => {
  const logger = consoleLogger({ level: 'error', write: (line) => console.log(line.split('\\n')[0]) });
  const manager = new Manager({ clients: registry, logger, handleUnhandledRejections: true });
  let ran = (): void => undefined;
  const run = new Promise<void>((resolve) => (ran = resolve));
  manager
    .controller(name)
    .for(Gadget)
    .reconcile(() => {
      if (mode === 'run') void Promise.reject(new Error(`forgotten by ${name}`));
      ran();
      return done();
    });
  return { manager, run, ended: manager.run() };
});
await Promise.all(managers.map(({ run }) => run));
if (mode !== 'run') void Promise.reject(new Error('forgotten by the program'));
await new Promise<void>((resolve) => setImmediate(resolve));
for (const { manager, ended } of managers) {
  await manager.stop();
  await ended;
}
console.log('survived');
