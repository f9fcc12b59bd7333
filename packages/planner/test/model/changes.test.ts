import { type ECSMServiceSpec, type UpdateStrategy } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, it } from 'vitest';

import { fullPlacement, type Plan } from '../../src/index.js';
import { ModelOperator, type Rival } from './model-operator.js';

const nodes = ['a', 'b', 'c'];

const aStrategy: fc.Arbitrary<UpdateStrategy> = fc.record({
  type: fc.constantFrom('RollingUpdate', 'RollingUpdate', 'RollingUpdate', 'RollingUpdate', 'Recreate', 'InPlace'),
  rollingUpdate: fc
    .constantFrom(['25%', '25%'], [1, 0], [0, 1], ['50%', '50%'], [2, 1], ['100%', 0])
    .map(([maxSurge = 0, maxUnavailable = 0]) => ({ maxSurge, maxUnavailable })),
  minReadySeconds: fc.constantFrom(0, 0, 0, 3),
});

/** Anything a user may ask for. */
const aSpec: fc.Arbitrary<ECSMServiceSpec> = fc.record({
  deploymentStrategy: fc.oneof(
    fc.record({
      type: fc.constant('Dynamic' as const),
      replicas: fc.nat(6),
      nodePool: fc.shuffledSubarray(nodes, { minLength: 1 }),
    }),
    fc.record({ type: fc.constant('Static' as const), nodes: fc.shuffledSubarray(nodes, { minLength: 1 }) }),
  ),
  template: fc.record({
    image: fc.constantFrom('web@1.0.0#sylixos', 'web@2.0.0#sylixos', 'web@3.0.0#sylixos'),
    vsoa: fc.record({ port: fc.constantFrom(0, 0, 0, 4000) }),
  }),
  updateStrategy: aStrategy,
  paused: fc.constantFrom(false, false, false, true),
});

const happenings = [
  fc.record({ type: fc.constant('edit' as const), spec: aSpec }),
  fc.record({ type: fc.constant('imageless' as const), is: fc.boolean() }),
  fc.record({ type: fc.constant('rival' as const), is: fc.constantFrom<Rival>('none', 'content', 'waiting') }),
  fc.record({ type: fc.constant('node' as const), node: fc.constantFrom(...nodes), away: fc.boolean() }),
  fc.record({ type: fc.constant('kill' as const), which: fc.nat(9) }),
] as const;

const aStep = fc.record({
  what: fc.oneof({ weight: 4, arbitrary: happenings[0] }, ...happenings.slice(1)),
  /** Moments until the next step. */
  moments: fc.nat(12),
  /** How many of them pass between two looks at the platform. */
  patience: fc.constantFrom(1, 1, 2),
});

type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never;

/** Milliseconds of a moment: about what it takes to create a container, to start it, or to end it. */
const momentMs = 500;

function happen(operator: ModelOperator, { what }: Step): void {
  const { platform } = operator;
  operator.log.push(JSON.stringify(what));
  switch (what.type) {
    case 'edit':
      operator.edit(what.spec);
      return;
    case 'imageless':
      operator.imageless = what.is;
      return;
    case 'rival':
      operator.rival = what.is;
      return;
    case 'node':
      if (platform.away.has(what.node) === what.away) return;
      operator.disturb(() => (what.away ? platform.takeAway(what.node) : platform.bringBack(what.node)));
      return;
    case 'kill': {
      const instance = platform.instances.filter((each) => platform.isRunning(each))[what.which];
      if (instance !== undefined) operator.disturb(() => (instance.phase = 'exited'));
    }
  }
}

/** What is not as the object says, in words. */
function wrongness(operator: ModelOperator, plan: Plan): string | undefined {
  const { nodes: where, factor } = fullPlacement(operator.service);
  const size = factor ?? where.length;
  const services = [...operator.platform.services.values()];
  if (plan.actions.length + plan.needs.length > 0) return 'it does not come to rest';
  if (size === 0) return services.length === 0 ? undefined : 'something is left';
  const [service, ...more] = services;
  if (service === undefined || more.length > 0) return `${services.length} services are there`;
  const places = service.instances.filter((each) => operator.platform.isRunning(each)).map(({ node }) => node);
  if (places.length !== size || service.instances.length !== size) return `${places.length} of ${size} run`;
  if (places.some((node) => !where.includes(node))) return `they run on ${places.join(', ')}`;
  if (factor === undefined && new Set(places).size !== size) return `they run on ${places.join(', ')}`;
  return undefined;
}

function play(steps: readonly Step[]): void {
  const operator = new ModelOperator(nodes);
  const { platform } = operator;
  try {
    for (const step of steps) {
      happen(operator, step);
      operator.run();
      for (let moment = 0; moment < step.moments; moment++) {
        operator.pass(momentMs);
        if ((moment + 1) % step.patience !== 0) continue;
        operator.look();
        operator.run();
      }
    }
    operator.log.push('rest');
    operator.imageless = false;
    operator.rival = 'none';
    for (const node of nodes) if (platform.away.has(node)) operator.disturb(() => platform.bringBack(node));
    operator.edit({ ...operator.service.spec, paused: false });
    let plan = operator.run();
    for (let moments = 0; wrongness(operator, plan) !== undefined; moments++) {
      const problem = wrongness(operator, plan);
      if (moments > 2000) throw new Error(`${problem}: ${plan.explanation.join('; ')}`);
      operator.pass(momentMs);
      operator.look();
      plan = operator.run();
    }
  } catch (error) {
    throw new Error(`${String(error)}\nafter ${operator.log.join('\n      ')}`, { cause: error });
  }
}

// Many more of them: RUNS=20000 SEED=8 pnpm vitest run packages/planner/test/model
const numRuns = Number(process.env['RUNS'] ?? 600);
const seed = Number(process.env['SEED'] ?? 7);

describe('whatever is changed of an object, together and one upon the other', () => {
  it('keeps to the bounds at every step and ends as it should be', { timeout: 60_000 + numRuns * 40 }, () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 2, maxLength: 10 }), (steps) => {
        play(steps);
      }),
      { numRuns, seed },
    );
  });
});
