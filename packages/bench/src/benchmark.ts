/** What one benchmark found, printed as one JSON line with `--json`. */
export interface Result {
  /** What was measured, e.g. `update durable`. */
  readonly name: string;
  /** Unit of `ours` and `peer`, e.g. `ops/s`, `ms`, `bytes`. */
  readonly unit: string;
  readonly ours: number;
  /** The alternative, measured in the same run; absent where there is none to compare with. */
  readonly peer?: number;
  readonly peerName?: string;
  /** How many times better ours is: ours/peer for rates, peer/ours for times and bytes. */
  readonly ratio?: number;
  /** Anything needed to read the figure, e.g. the object size or why a peer is missing. */
  readonly note?: string;
}

/** A named measurement that runs ours and its peers in turn. */
export interface Benchmark {
  readonly name: string;
  /** One sentence for `npm run bench`. */
  readonly description: string;
  run(): AsyncIterable<Result> | Promise<readonly Result[]>;
}

/** Compares two rates (higher is better). */
export function rate(name: string, unit: string, ours: number, peer: number, peerName: string, note?: string): Result {
  return { name, unit, ours, peer, peerName, ratio: ours / peer, ...(note === undefined ? {} : { note }) };
}

/** Compares two costs, such as times or bytes (lower is better). */
export function cost(name: string, unit: string, ours: number, peer: number, peerName: string, note?: string): Result {
  return { name, unit, ours, peer, peerName, ratio: peer / ours, ...(note === undefined ? {} : { note }) };
}

/** The middle of some measurements; of an even number the lower middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new TypeError('median of nothing');
  return middle;
}
