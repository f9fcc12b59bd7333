import { median } from '../benchmark.js';

/** Something that is measured beside others. */
export interface Contender {
  readonly name: string;
  /** One operation; receives a number that grows. */
  readonly run: (turn: number) => unknown;
}

const rounds = 7;

/** How long each runs before it is measured: a daemon runs for months, nearly all of that with its code compiled. */
const warmUpMs = 4_000;

/** How long a turn is: long enough for each to pay for its own garbage rather than for that of the one before. */
const turnMs = 300;

/** Operations a second of each, measured in turns of equal length so that all meet the same disk and the same load. */
export async function measureRates(contenders: readonly Contender[]): Promise<ReadonlyMap<string, number>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  let turn = 0;
  const rateOf = async ({ run }: Contender, forMs: number): Promise<number> => {
    const startedAt = performance.now();
    let count = 0;
    while (performance.now() - startedAt < forMs || count < 1) {
      await run(turn++);
      count++;
    }
    return (count * 1_000) / (performance.now() - startedAt);
  };
  for (const contender of contenders) await rateOf(contender, warmUpMs);
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) rates.get(contender.name)?.push(await rateOf(contender, turnMs));
  }
  return new Map([...rates].map(([name, measured]) => [name, median(measured)]));
}

/** Milliseconds of each, as {@link measureRates}. */
export async function measureMs(contenders: readonly Contender[]): Promise<ReadonlyMap<string, number>> {
  const rates = await measureRates(contenders);
  return new Map([...rates].map(([name, perSecond]) => [name, 1_000 / perSecond]));
}

/** The value below which a share of the measurements lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
