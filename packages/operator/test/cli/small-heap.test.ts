import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

const smallHeap = fileURLToPath(new URL('../../bin/small-heap.js', import.meta.url));

// How much smaller it keeps the heap is a matter of minutes: packages/bench, `operator`.
it('sets no flag that this Node.js does not know, of which it would complain at each start', async () => {
  expect(await promisify(execFile)(process.execPath, [smallHeap], { env: {} })).toEqual({ stdout: '', stderr: '' });
});
