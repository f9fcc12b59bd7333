import type { SeededRandom } from '@ecsm/api-types/testing';

/** The work to do at a moment, in percent of what one instance can do. */
export type LoadCurve = (ms: number) => number;

const hourMs = 3_600_000;

/** A day that repeats, waves within the hours, bursts out of nothing, and now and then a calm. */
export function randomLoadCurve(dice: SeededRandom, hours: number): LoadCurve {
  const mean = dice.int(60, 260);
  const day = { share: dice.int(10, 80) / 100, shiftMs: dice.int(0, 24) * hourMs };
  const wave = { share: dice.int(0, 30) / 100, periodMs: dice.int(5, 120) * 60_000 };
  const bursts = Array.from({ length: 3 * hours }, () => ({
    fromMs: dice.int(0, hours * 3600) * 1000,
    lastsMs: dice.int(1, 25) * 60_000,
    factor: dice.int(2, 30) / 10,
  }));
  const calms = Array.from({ length: Math.ceil(hours / 2) }, () => ({
    fromMs: dice.int(0, hours * 3600) * 1000,
    lastsMs: dice.int(1, 15) * 60_000,
    factor: 0.02,
  }));
  return (ms) => {
    const turn = (periodMs: number, shiftMs = 0): number => Math.sin((2 * Math.PI * (ms + shiftMs)) / periodMs);
    const base = mean * (1 + day.share * turn(24 * hourMs, day.shiftMs)) * (1 + wave.share * turn(wave.periodMs));
    const factors = [...bursts, ...calms].filter(({ fromMs, lastsMs }) => ms >= fromMs && ms < fromMs + lastsMs);
    return factors.reduce((load, { factor }) => load * factor, base);
  };
}
