import { it } from 'vitest';

import { crashRounds } from './crash-rounds.js';

it(
  'an operator killed with SIGKILL at random moments converges after each restart, without twins',
  { timeout: 180_000 },
  async () => {
    // More rounds and other seeds: npm run crash-rounds -- --rounds 100 --seed 2
    await crashRounds(3, 20_261_121, () => undefined);
  },
);
