import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { renderReference } from '../src/commands/reference.js';

it('docs/reference/ecsmctl.md says what the definitions say (npx ecsmctl reference > docs/reference/ecsmctl.md)', async () => {
  const file = new URL('../../../docs/reference/ecsmctl.md', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(renderReference());
});
