/** A program whose manager waits for nothing that keeps a process alive: prints `still here`, stops it, prints `ended`. */
import { ecsmScheme } from '@ecsm/api-types';
import { done, Manager, silentLogger } from '@ecsm/controller-runtime';
import { MemoryStore, Registry } from '@ecsm/registry';

/** A stream without an end and without a value. */
async function* nothing(): AsyncGenerator<never> {
  yield* await new Promise<never[]>(() => undefined);
}

const registry = new Registry({ store: new MemoryStore(), scheme: ecsmScheme });
const manager = new Manager({ clients: registry, logger: silentLogger });
manager
  .controller('quiet')
  .trigger(nothing())
  .reconcileKeys(() => done());
setTimeout(() => {
  console.log('still here');
  void manager.stop();
}, 100).unref();
await manager.run();
console.log('ended');
