import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { formatTable } from '../../src/output/table.js';

describe('formatTable', () => {
  it('aligns columns three spaces apart and leaves no blanks at line ends', async () => {
    expect(
      await formatTable(
        ['NAME', 'STATUS'],
        [
          ['web', 'Available'],
          ['telemetry', ''],
        ],
      ),
    ).toBe('NAME        STATUS\nweb         Available\ntelemetry   <none>\n');
    expect(await formatTable(['NAME'], [['web']], { headings: false })).toBe('web\n');
  });

  it('holds more rows than a call takes arguments', async () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index), 'x']);
    expect(await formatTable(['N', 'B'], rows)).toMatch(/^N +B\n0 +x\n/);
  });

  it('aligns wide characters', async () => {
    expect(
      await formatTable(
        ['NAME', 'X'],
        [
          ['本地仓库', '1'],
          ['a', '2'],
        ],
      ),
    ).toBe('NAME       X\n本地仓库   1\na          2\n');
  });

  it('cuts the widest cells to the width, never the first column', async () => {
    const rows = [['a-rather-long-name', 'a message that is longer than the line', 'n1']];
    expect(await formatTable(['NAME', 'MESSAGE', 'NODE'], rows, { fitWidth: 50 })).toBe(
      'NAME                 MESSAGE                  NODE\na-rather-long-name   a message that is lon…   n1\n',
    );
  });

  it('keeps a cell on its line, whatever is in it', async () => {
    expect(await formatTable(['A', 'B'], [['x\ny', '\u001b[2Jz']])).toBe('A     B\nx y   \ufffd[2Jz\n');
  });

  it('lines up every column and fits the width if the first column does', async () => {
    const cell = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('本地仓库', '🚀 up', 'é'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }), async (rows) => {
        const text = await formatTable(['ONE', 'TWO', 'THREE'], rows, { fitWidth: 60 });
        const lines = text.trimEnd().split('\n');
        expect(lines).toHaveLength(rows.length + 1);
        const twoAt = stringWidth((lines[0] ?? '').split('TWO')[0] ?? '');
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(60, twoAt + 19));
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
