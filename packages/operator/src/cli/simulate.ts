import type { Simulator } from '@ecsm/ecsm-simulator';

import type { Settings } from '../config/settings.js';
import type { Narrator } from './narrator.js';

/** The port a platform is looked for by default. */
const usualPort = 3001;

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** Starts the simulated platform in this process, on the usual port if it is free. */
export async function startSimulator(settings: Settings, narrator: Narrator): Promise<Simulator> {
  const { Simulator: SimulatorClass } = await import('@ecsm/ecsm-simulator');
  const options = {
    speed: settings.simulateSpeed,
    // So that whoever tries things out can raise loads and take nodes away.
    control: true,
    onEvent: ({ message }: { readonly message: string }) => {
      narrator.tell('platform', message);
    },
  };
  if (settings.simulatePort !== undefined) return SimulatorClass.start({ ...options, port: settings.simulatePort });
  try {
    return await SimulatorClass.start({ ...options, port: usualPort });
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    return SimulatorClass.start({ ...options, port: 0 });
  }
}

/** What to type in a second terminal: first where registry and platform are, then something to look at and change. */
export function linesToTry(registryPath: string, platformUrl: string): readonly string[] {
  return [
    `export ECSM_REGISTRY=${quoted(registryPath)} ECSMCTL_PLATFORM_URL=${platformUrl}`,
    'npx ecsmctl get es',
    'npx ecsmctl describe es web',
    'npx ecsmctl get containers',
    'npx ecsmctl scale es web --replicas=5',
    'npx ecsmctl delete es web',
  ];
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
