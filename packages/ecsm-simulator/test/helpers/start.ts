import { ManualClock } from '@ecsm/api-types/testing';
import { onTestFinished } from 'vitest';

import { Simulator, type SimulatorOptions } from '@ecsm/ecsm-simulator';

import { Api } from './api.js';

/** A simulator on a free port whose cluster stands still until it is advanced; ends with the test. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; api: Api }> {
  const simulator = await Simulator.start({ clock: new ManualClock(), speed: 0, ...options });
  onTestFinished(() => simulator.stop());
  return { simulator, api: new Api(simulator.url) };
}
