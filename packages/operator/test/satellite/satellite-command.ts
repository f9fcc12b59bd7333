/**
 * Lets an operator converge over a simulated satellite link: `satellite-command.ts [SERVICES]`. Prints what it took.
 */
import { satelliteDay } from './satellite.js';

const [count = 1000] = process.argv.slice(2).map(Number);
const report = await satelliteDay(count);
console.log(
  JSON.stringify({ services: count, ratio: report.convergence.requests / report.fewest, ...report }, undefined, 2),
);
