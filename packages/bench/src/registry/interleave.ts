import { median } from '../benchmark.js';

/** Something that is measured beside others. */
export interface Contender {
  readonly name: string;
  /** One operation; receives a number that grows. */
  readonly run: (turn: number) => unknown;
}

const rounds = 7;

/** Operations a second of each, measured in turns of equal length so that all meet the same disk and the same load. */
export async function measureRates(
  contenders: readonly Contender[],
  turnMs = 300,
): Promise<ReadonlyMap<string, number>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  let turn = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of contenders) {
      const startedAt = performance.now();
      let count = 0;
      while (performance.now() - startedAt < turnMs || count < 1) {
        await run(turn++);
        count++;
      }
      // The first round warms up.
      if (round > 0) rates.get(name)?.push((count * 1_000) / (performance.now() - startedAt));
    }
  }
  return new Map([...rates].map(([name, measured]) => [name, median(measured)]));
}

/** Milliseconds of each, as {@link measureRates}. */
export async function measureMs(contenders: readonly Contender[]): Promise<ReadonlyMap<string, number>> {
  const rates = await measureRates(contenders, 1);
  return new Map([...rates].map(([name, perSecond]) => [name, 1_000 / perSecond]));
}

/** The value below which a share of the measurements lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
