import { done, requeueAfter, type Manager } from '@ecsm/controller-runtime';
import { PolledInformer } from '@ecsm/informer';

export interface Antenna {
  readonly id: string;
  readonly angle: number;
  readonly turning: boolean;
}

export interface Antennas {
  list(options: { readonly signal: AbortSignal }): Promise<readonly Antenna[]>;
  find(id: string, options: { readonly signal: AbortSignal }): Promise<Antenna | undefined>;
  turn(id: string, angle: number): Promise<void>;
}

/** Turns every antenna to 0 degrees. */
export function addAntennaController(manager: Manager, api: Antennas): void {
  const antennas = new PolledInformer<Antenna>(
    {
      list: (options) => api.list(options),
      keyOf: ({ id }) => id,
      fingerprintOf: ({ angle, turning }) => `${angle} ${turning}`,
      isMoving: ({ turning }) => turning,
    },
    { name: 'antennas', clock: manager.clock, onError: (error) => console.warn(error.message) },
  );
  manager.add(({ signal }) => antennas.run({ signal }), { name: 'antennas' });

  const controller = manager.controller('antenna').trigger(async function* ({ signal }) {
    for await (const { type, key } of antennas.events({ signal })) yield { key: { name: key }, reason: type };
  });
  controller.reconcileKeys(async ({ name }, { signal }) => {
    const antenna = await api.find(name, { signal });
    if (antenna === undefined || antenna.angle === 0) return done();
    if (!antenna.turning) await api.turn(name, 0);
    antennas.expectChanges(30_000);
    return requeueAfter(60_000);
  });
}
