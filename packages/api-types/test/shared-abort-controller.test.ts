import { once } from 'node:events';

import { sharedAbortController } from '@ecsm/api-types';
import { expect, it, onTestFinished } from 'vitest';

it('takes any number of listeners without a warning, unlike a signal of its own', async () => {
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const listenTo = (signal: AbortSignal): void => {
    for (let n = 0; n < 11; n++) signal.addEventListener('abort', () => undefined);
  };
  const shared = sharedAbortController();
  listenTo(shared.signal);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  const warning = once(process, 'warning');
  listenTo(new AbortController().signal);
  await warning;
  expect(warnings).toEqual(['MaxListenersExceededWarning']);
  shared.abort();
  expect(shared.signal.aborted).toBe(true);
});
