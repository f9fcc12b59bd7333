import { Gauge, type GaugeConfiguration } from 'prom-client';

/** A gauge that calls functions before it is read, which set it and others that are registered after it. */
export class RefreshedGauge<L extends string> extends Gauge<L> {
  readonly refreshers: Set<() => void>;

  constructor(configuration: Omit<GaugeConfiguration<L>, 'collect'>) {
    const refreshers = new Set<() => void>();
    super({
      ...configuration,
      collect: () => {
        for (const refresh of refreshers) refresh();
      },
    });
    this.refreshers = refreshers;
  }
}
