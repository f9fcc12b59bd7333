import { filesBelow, readDocument } from './markdown.js';

/** Tests carry the numbers of the statements they prove in their titles: every row of the two tables has one. */
export function checkStatements(): readonly string[] {
  const tests = filesBelow('packages', /\.tsx?$/, new Set(['node_modules', 'dist', 'src']))
    .map(readDocument)
    .join('\n');
  const missing = (document: string, titleOf: (row: string) => RegExp): string[] =>
    [...readDocument(document).matchAll(/^\| +([A-Z]?\d+) +\|/gm)]
      .map(([, row = '']) => row)
      .filter((row) => !titleOf(row).test(tests))
      .map((row) => `${document}: no test has ${row} in its title`);
  return [
    ...missing('docs/reference/semantics.md', (row) => new RegExp(`['"\`].*\\b${row}[a-z]?\\b`)),
    ...missing('docs/reference/earlier-faults.md', (row) => new RegExp(`['"\`]fault ${row}\\b`)),
  ];
}
