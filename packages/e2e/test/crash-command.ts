/** `npm run crash-rounds -- --rounds N --seed S`: kills the operator at random moments, many times. Needs a build. */
import { parseArgs } from 'node:util';

import { crashRounds } from './crash-rounds.js';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
await crashRounds(Number(values.rounds), Number(values.seed), (line) => {
  console.log(line);
});
