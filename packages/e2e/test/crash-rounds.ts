import { isNotFoundError } from '@ecsm/api-types';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

import { dynamicService } from './helpers/manifests.js';
import { eventually, type Program } from './helpers/program.js';
import { System } from './helpers/system.js';

/** Fails when the platform holds two services for one object and template hash; rolling updates may hold two with different hashes. */
async function checkNoTwins(system: System, name: string): Promise<void> {
  const names = (await system.platform.servicesOf(name)).map((service) => service.name);
  if (new Set(names).size !== names.length) throw new Error(`the platform holds twins: ${names.join(', ')}`);
}

/**
 * Kills the operator at random moments while a service is created, scaled, changed and deleted, and checks after each
 * restart that it converges without ever having made a second platform service for the same thing.
 */
export async function crashRounds(rounds: number, seed: number, report: (line: string) => void): Promise<void> {
  const generator = xoroshiro128plus(seed);
  const between = (least: number, most: number): number => uniformInt(generator, least, most);
  await using system = await System.start({ simulator: ['--seed', String(seed)] });
  for (let round = 1; round <= rounds; round++) {
    const name = `crash-${round}`;
    const steps = [
      dynamicService(name, between(1, 4)),
      dynamicService(name, between(1, 6)),
      dynamicService(name, 2, 'web@1.1.0#sylixos'),
    ];
    for (const manifest of steps) {
      const operator = system.startOperator();
      await system.apply(manifest);
      await killAfter(operator, between(0, 900));
      await checkNoTwins(system, name);
    }
    const operator = system.startOperator();
    await system.settled(name, 2);
    await checkNoTwins(system, name);
    await eventually('one platform service remains', async () => (await system.platform.servicesOf(name)).length === 1);
    await system.services.delete(name);
    await killAfter(operator, between(0, 900));
    const last = system.startOperator();
    await eventually(`${name} is gone`, () =>
      system.services.get(name).then(
        () => false,
        (error: unknown) => isNotFoundError(error),
      ),
    );
    await eventually('nothing is left of it', async () => {
      const left = await system.platform.servicesOf(name);
      if (left.length > 0) throw new Error(`left on the platform: ${JSON.stringify(left)}\n${last.output}`);
      return true;
    });
    await last.kill('SIGKILL');
    report(`round ${round} of ${rounds}: converged`);
  }
}

async function killAfter(operator: Program, delayMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(() => resolve(), delayMs);
  });
  await operator.kill('SIGKILL');
}
