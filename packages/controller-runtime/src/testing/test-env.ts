import { setImmediate as nextTurn } from 'node:timers/promises';

import { checkOptions, ecsmScheme, formatKey, must, type AnyKind, type ObjectKey } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { MemoryStore, Registry } from '@ecsm/registry';

import { GuardedClients } from '../internal/guarded-clients.js';
import { silentLogger } from '../logger.js';
import type { ManagerOptions } from '../manager-options.js';
import { Manager } from '../manager.js';
import type { RunRecord } from '../run/run-record.js';
import { Faults } from './faults.js';

/** Options of {@link testEnv}. */
export interface TestEnvOptions {
  /** The kinds of the controllers, beside those of this product. */
  readonly kinds?: readonly AnyKind[];
  /** Adds controllers to the manager, each as a program does. */
  readonly controllers?: readonly ((manager: Manager) => unknown)[];
  /** What the manager is made with besides clients and clock; logs nothing unless told otherwise. */
  readonly manager?: Omit<ManagerOptions, 'clients' | 'clock' | 'onRun'>;
}

/** How many turns of the event loop without any work mean that nothing more will happen by itself. */
const quietTurns = 12;
/** After this many turns a run that waits for time, or a loop without end, is to blame. */
const maxTurns = 20_000;

/**
 * Controllers, a manager and a registry in memory, on a clock that stands still until the test moves it.
 *
 * It behaves as production does, with validation, finalizers and garbage collection: the parts are the same.
 */
export class TestEnv implements AsyncDisposable {
  readonly clock: ManualClock;
  /** The declared world, for the test's own reads and writes. */
  readonly registry: Registry;
  readonly manager: Manager;
  /** Makes the controllers' calls fail. */
  readonly faults: Faults;
  readonly #records: RunRecord[] = [];
  readonly #running: Promise<void>;
  #failure: { readonly error: unknown } | undefined;

  /** @internal */
  constructor(options: TestEnvOptions) {
    checkOptions('testEnv', options, { kinds: must.beArray, controllers: must.beArray, manager: must.beObject });
    const { kinds = [], controllers = [], manager = {} } = options;
    const scheme = ecsmScheme.with(...kinds.filter((kind) => ecsmScheme.find(kind.kind) !== kind));
    this.clock = new ManualClock();
    this.registry = new Registry({ store: new MemoryStore({ clock: this.clock }), clock: this.clock, scheme });
    this.faults = new Faults();
    this.manager = new Manager({
      logger: silentLogger,
      ...manager,
      clients: new GuardedClients(this.registry, this.faults),
      clock: this.clock,
      onRun: (record) => this.#records.push(record),
    });
    for (const add of controllers) add(this.manager);
    this.#running = this.manager.run().catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  /** Moves time forward; everything that falls due happens at its own moment. */
  async advance(byMs: number): Promise<void> {
    await this.settled();
    await this.clock.advance(byMs);
    await this.settled();
  }

  /**
   * Waits until nothing more happens without time going on: no key is ready, none runs.
   *
   * @throws the manager's error when it has failed; an Error naming the keys that do not come to rest
   */
  async settled(): Promise<void> {
    if (this.#failure === undefined) await this.manager.started().catch(() => undefined);
    let quiet = 0;
    for (let turn = 0; quiet < quietTurns; turn++) {
      await nextTurn();
      if (this.#failure !== undefined) throw this.#failure.error;
      const busy = this.#busyKeys();
      quiet = busy.length === 0 ? quiet + 1 : 0;
      if (turn > maxTurns) {
        throw new Error(`no rest: ${busy.join(', ')} still busy; runs that wait for time need clock.advance instead`);
      }
      if (quiet === quietTurns - 1 && (await this.registry.collectGarbage()) > 0) quiet = 0;
    }
  }

  /** The runs so far, oldest first: of all keys, or of one, or of one controller. */
  reconciles(key?: ObjectKey | string, controller?: string): readonly RunRecord[] {
    const name = key === undefined || typeof key === 'string' ? key : formatKey(key);
    return this.#records.filter(
      (record) =>
        (name === undefined || formatKey(record.key) === name) &&
        (controller === undefined || record.controller === controller),
    );
  }

  /** Forgets the runs so far. */
  forgetReconciles(): void {
    this.#records.length = 0;
  }

  /** Stops the manager and closes the registry. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.manager.stop().then(() => true);
    // A stop may wait for time, which nobody else moves now.
    while (!(await Promise.race([ended, nextTurn(false)]))) {
      await this.clock.advance(this.clock.nextTimerInMs ?? 0);
    }
    await this.#running;
    await this.registry.close();
  }

  #busyKeys(): string[] {
    return [...this.manager.controllers.values()].flatMap((controller) => {
      const { ready, running } = controller.inspect();
      const syncing = this.manager.isLeader && !controller.isSynced ? [`the sources of ${controller.name}`] : [];
      return [...syncing, ...[...ready, ...running].map(({ key }) => `${controller.name} "${key}"`)];
    });
  }
}

/**
 * Starts controllers in an environment of their own and waits until they have come to rest.
 *
 * @example
 * ```ts
 * await using env = await testEnv({ kinds: [Database], controllers: [addDatabaseController] });
 * await env.registry.resource(Database).create(database);
 * await env.settled();
 * expect(env.reconciles('default/main')).toHaveLength(1);
 * ```
 */
export async function testEnv(options: TestEnvOptions): Promise<TestEnv> {
  const env = new TestEnv(options);
  await env.settled();
  return env;
}
