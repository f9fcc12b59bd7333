import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the guide', () => {
  it('shows tested code as it is', () => {
    const guide = readFileSync(`${root}docs/guides/write-a-controller.md`, 'utf8');
    const shown = [...guide.matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)\n```/g)];
    expect(shown.map(([, path]) => path)).toEqual([
      'docs/examples/custom-controller/src/website.ts',
      'docs/examples/custom-controller/src/website-controller.ts',
      'packages/controller-runtime/test/helpers/antenna-controller.ts',
      'docs/examples/custom-controller/src/main.ts',
      'docs/examples/custom-controller/src/add-website.ts',
      'docs/examples/custom-controller/test/website-controller.test.ts',
    ]);
    for (const [, path = '', code = ''] of shown) expect(code).toBe(readFileSync(root + path, 'utf8').trimEnd());
  });
});
