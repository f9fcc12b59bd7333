import { ECSMService, Event, type ApiObject, type ECSMHpaSpec, type Stored } from '@ecsm/api-types';
import { SeededRandom } from '@ecsm/api-types/testing';

import { dynamic, sylixosNodes, World } from '../helpers/world.js';
import { AutoscaledWorld, cpu } from './autoscaled-world.js';
import { randomLoadCurve, type LoadCurve } from './load-curve.js';
import { ScaleRecorder, type RecordedScale } from './scale-recorder.js';

const stepMs = 5000;
/** How long the platform may have gone unobserved of late, at most. */
const longestBlindMs = 1_800_000;
/** How long it has to stay at rest in the end. */
const restMs = 1_200_000;
const images = ['web@1.0.0#sylixos', 'web@1.1.0#sylixos', 'web@2.0.0#sylixos'] as const;

/** What a scenario's autoscaler is made of; the bounds change in its course. */
interface Settings {
  readonly target: number;
  readonly windowSeconds: number;
  /** At most so many more instances in so many seconds; without it the defaults hold. */
  readonly rate: { readonly pods: number; readonly seconds: number } | undefined;
  min: number;
  max: number;
}

/** How a scenario went. */
export interface ScalingResult {
  readonly scales: readonly RecordedScale[];
  readonly steps: readonly string[];
}

function specOf({ target, windowSeconds, rate, min, max }: Settings): Partial<ECSMHpaSpec> {
  return {
    minReplicas: min,
    maxReplicas: max,
    metrics: [cpu(target)],
    behavior: {
      scaleDown: { stabilizationWindowSeconds: windowSeconds },
      ...(rate === undefined
        ? {}
        : { scaleUp: { policies: [{ type: 'Pods', value: rate.pods, periodSeconds: rate.seconds }] } }),
    },
  };
}

/** One course of one seed: an autoscaler under a changing load, while everything is disturbed. */
class ScalingScenario {
  readonly #dice: SeededRandom;
  readonly #scaled: AutoscaledWorld;
  readonly #recorder: ScaleRecorder;
  readonly #settings: Settings;
  readonly #curve: LoadCurve;
  readonly steps: string[] = [];
  #passedMs = 0;
  #rivalSinceMs: number | undefined;
  #broken: string | undefined;

  constructor(
    dice: SeededRandom,
    scaled: AutoscaledWorld,
    recorder: ScaleRecorder,
    settings: Settings,
    curve: LoadCurve,
  ) {
    this.#dice = dice;
    this.#scaled = scaled;
    this.#recorder = recorder;
    this.#settings = settings;
    this.#curve = curve;
    recorder.onScale = (scale) => (this.#broken ??= this.#ruleBrokenBy(scale));
    scaled.world.onEvent = () => (this.#broken ??= this.#twins());
  }

  get scales(): readonly RecordedScale[] {
    return this.#recorder.scales;
  }

  async pass(ms: number, load: LoadCurve = this.#curve): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.#scaled.load(Math.max(1, Math.round(load(this.#passedMs))));
      await this.#scaled.world.pass(stepMs, stepMs);
      this.#passedMs += stepMs;
      if (this.#broken !== undefined) throw new Error(this.#broken);
    }
  }

  /** Disturbs something. */
  async disturb(): Promise<void> {
    const dice = this.#dice;
    const { world } = this.#scaled;
    const what = dice.pick(Object.keys(this.#disturbances));
    this.steps.push(`${this.#passedMs / 1000} s: ${what}`);
    await this.#disturbances[what]?.(world, dice);
  }

  /** Ends all disturbances and lets the load stand still; fails unless the number then fits it and stays. */
  async comeToRest(): Promise<void> {
    const { world } = this.#scaled;
    world.calls.dice = () => undefined;
    for (const node of sylixosNodes) world.cluster.bringNodeUp(node);
    await this.#endRivalry();
    const load = Math.round(this.#curve(this.#passedMs));
    const still = (): number => load;
    await this.pass(900_000 + 3000 * this.#settings.windowSeconds, still);
    const replicas = await this.#scaled.replicas();
    const { min, max, target } = this.#settings;
    const use = Math.min(100, load / replicas);
    if (replicas < max && use > target * 1.13) throw new Error(`${replicas} are too few for a load of ${load}`);
    const fewer = Math.ceil((use * 1.02 * replicas) / target) < replicas && use < target * 0.87;
    if (replicas > min && fewer) throw new Error(`${replicas} are too many for a load of ${load}`);
    const scales = this.scales.length;
    const calls = world.calls.writes;
    const revision = await world.registry.store.revision();
    await this.pass(restMs, still);
    if (this.scales.length !== scales) throw new Error('it scales at rest');
    if (world.calls.writes !== calls) throw new Error('it writes to the platform at rest');
    const written = await this.#writtenSince(revision);
    if (written.length > 0) throw new Error(`it writes to the registry at rest: ${written.join(', ')}`);
    // Where the unrest of the figures straddles a limit, the autoscaler may say so, once a minute at most.
    const writes = (await world.registry.store.revision()) - revision;
    if (writes > restMs / 60_000) throw new Error(`it writes its status ${writes} times at rest`);
    if (world.platformServices('web').length !== 1) throw new Error('one platform service should be left');
    if (world.running('web').length !== replicas)
      throw new Error(`${replicas} should run: ${String(world.running('web'))}`);
  }

  /** Services and events written after a revision. */
  async #writtenSince(revision: number): Promise<readonly string[]> {
    const { registry } = this.#scaled.world;
    const objects: readonly Stored<ApiObject>[] = [
      ...(await registry.resource(ECSMService).list()).items,
      ...(await registry.resource(Event).list()).items,
    ];
    return objects
      .filter(({ metadata }) => Number(metadata.resourceVersion) > revision)
      .map(({ kind, metadata: { name } }) => `${kind} ${name}`);
  }

  /** The rule that a change breaks, if it breaks one. */
  #ruleBrokenBy({ atMs, from, to }: RecordedScale): string | undefined {
    const { min, max, windowSeconds, rate } = this.#settings;
    const what = `${from} to ${to} at ${this.#passedMs / 1000} s`;
    if (to < min || to > max) return `${what} leaves the bounds ${min} to ${max}`;
    const rivalry = this.#rivalSinceMs !== undefined && this.#passedMs - this.#rivalSinceMs > stepMs;
    if (rivalry) return `${what} although two autoscalers want it`;
    const corrected = from < min || from > max;
    if (corrected || from === 0) return undefined;
    if (to < from) {
      // Observed time goes no faster than the clock, so a window of it takes at least as long.
      const ups = this.scales.filter((up) => up.to > up.from && up.atMs > atMs - 1000 * windowSeconds);
      const highest = Math.min(max, Math.max(0, ...ups.map((up) => up.to)));
      if (to < highest) return `${what} flaps: it went up to ${highest} within ${windowSeconds} s`;
    } else if (rate !== undefined) {
      // What was taken away may be given back, and stays in the policy's period for as long as nobody could look.
      const change = this.scales.reduce((sum, each) => {
        const counts = each.atMs > atMs - 1000 * rate.seconds - (each.to < each.from ? longestBlindMs : 0);
        return counts ? sum + each.to - each.from : sum;
      }, to - from);
      if (change > rate.pods) return `${what} is faster than ${rate.pods} in ${rate.seconds} s`;
    }
    return undefined;
  }

  /** One object and template never have two platform services. */
  #twins(): string | undefined {
    const present = [...this.#scaled.world.cluster.state.services.values()].filter(({ deleting }) => !deleting);
    const twin = present.find(({ name }, index) => present.findIndex((other) => other.name === name) !== index);
    return twin === undefined ? undefined : `the platform holds ${twin.name} twice`;
  }

  async #endRivalry(): Promise<void> {
    await this.#scaled.hpas.namespace('default').delete('rival');
    this.#rivalSinceMs = undefined;
  }

  readonly #disturbances: Readonly<Record<string, (world: World, dice: SeededRandom) => Promise<void>>> = {
    userScales: async (world, dice) => {
      await world.services.scale('web', dice.int(1, 12));
    },
    userRollsOut: async (world, dice) => {
      await world.services.patch('web', { type: 'merge', patch: { spec: { template: { image: dice.pick(images) } } } });
    },
    userAppliesWithoutNumber: async (world, dice) => {
      const spec = dynamic(1, dice.pick(images));
      const deploymentStrategy = { type: 'Dynamic', nodePool: sylixosNodes } as const;
      await world.services.apply(
        {
          apiVersion: 'ecsm.sh/v1',
          kind: 'ECSMService',
          metadata: { name: 'web' },
          spec: { ...spec, deploymentStrategy },
        },
        { force: true },
      );
    },
    userMovesBounds: async (_world, dice) => {
      this.#settings.min = dice.int(1, 4);
      this.#settings.max = this.#settings.min + dice.int(0, 8);
      await this.#scaled.autoscale(specOf(this.#settings));
    },
    rivalComes: async (_world, dice) => {
      this.#rivalSinceMs = this.#passedMs;
      await this.#scaled.autoscale({ minReplicas: 9, maxReplicas: 20 }, 'rival');
      await this.pass(dice.int(1, 60) * stepMs);
      await this.#endRivalry();
    },
    crash: async (world, dice) => {
      await world.killOperator();
      await this.pass(dice.int(0, 12) * stepMs);
      await world.startOperator({ registry: this.#recorder });
    },
    crashLoop: async (world, dice) => {
      for (let crash = dice.int(2, 6); crash > 0; crash--) {
        await world.killOperator();
        await world.startOperator({ registry: this.#recorder });
        await this.pass(dice.int(1, 8) * stepMs);
      }
    },
    losses: async (world, dice) => {
      const share = dice.int(5, 50) / 100;
      world.calls.dice = (method) =>
        !dice.chance(share) ? undefined : /all|get/i.test(method) || dice.chance(0.5) ? 'unreached' : 'unanswered';
      await this.pass(dice.int(1, 60) * stepMs);
      world.calls.dice = () => undefined;
    },
    outage: async (world, dice) => {
      world.calls.dice = () => 'unreached';
      await this.pass(dice.int(1, 120) * stepMs);
      world.calls.dice = () => undefined;
    },
    nodeLost: async (world, dice) => {
      const node = dice.pick(sylixosNodes);
      world.cluster.takeNodeDown(node, dice.pick(['power', 'link'] as const));
      await this.pass(dice.int(1, 60) * stepMs);
      world.cluster.bringNodeUp(node);
    },
    containerDies: async (world, dice) => {
      const running = [...world.cluster.state.tasks.values()].filter(
        (task) => task.phase === 'running' && task.node.link === 'up',
      );
      if (running.length > 0) world.cluster.killContainer(dice.pick(running).id);
      return Promise.resolve();
    },
  };
}

/**
 * Lets an autoscaler follow a random load for hours, while users scale, roll out and move its bounds, a second autoscaler
 * comes and goes, nodes and answers are lost and the operator is killed; checks every change it makes, and that it comes
 * to rest at the right number once the load stands still.
 *
 * @throws when a rule is broken
 */
export async function runScalingScenario(seed: number, hours: number): Promise<ScalingResult> {
  const dice = new SeededRandom(seed);
  const min = dice.int(1, 3);
  const settings: Settings = {
    target: dice.int(30, 75),
    windowSeconds: dice.pick([0, 60, 300, 300, 900]),
    rate: dice.chance(0.5) ? { pods: dice.int(1, 3), seconds: dice.pick([15, 60, 180]) } : undefined,
    min,
    max: min + dice.int(1, 9),
  };
  const world = await World.start({
    simulator: { seed },
    started: false,
    operator: { pollIntervalMs: 30_000, movingPollIntervalMs: stepMs },
  });
  await using scaled = AutoscaledWorld.of(world);
  const recorder = new ScaleRecorder(world.registry, world.clock);
  const scenario = new ScalingScenario(dice, scaled, recorder, settings, randomLoadCurve(dice, hours));
  try {
    await world.startOperator({ registry: recorder });
    await world.apply('web', dynamic(dice.int(1, 6)));
    await scaled.autoscale(specOf(settings));
    const endMs = hours * 3_600_000;
    for (let passedMs = 0; passedMs < endMs;) {
      const calmMs = dice.int(1, 240) * stepMs;
      await scenario.pass(calmMs);
      passedMs += calmMs;
      await scenario.disturb();
    }
    await scenario.comeToRest();
    return { scales: scenario.scales, steps: scenario.steps };
  } catch (error) {
    const told = scenario.scales
      .slice(-8)
      .map(({ atMs, from, to }) => `${new Date(atMs).toISOString()} ${from} to ${to}`);
    const story = [JSON.stringify(settings), ...scenario.steps.slice(-12), ...told].join('\n      ');
    throw new Error(`seed ${seed}: ${String(error)}\nafter ${story}`, { cause: error });
  }
}
