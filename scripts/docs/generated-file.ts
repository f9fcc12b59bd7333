import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from '../setup.mjs';

/** A row of a table in Markdown. */
export function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A table in Markdown. */
export function table(titles: readonly string[], rows: readonly string[]): string {
  return [row(...titles), row(...titles.map(() => '---')), ...rows].join('\n');
}

/** Writes a file, formatted, or with `--check` only says whether it would change. */
export async function generatedFile(file: string, content: string): Promise<void> {
  const path = join(root, file);
  const wanted = await format(content, { ...(await resolveConfig(path)), filepath: path });
  const found = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (found === wanted) return;
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    return;
  }
  console.error(`${file} is out of step with what it is made from: run npm run generate`);
  process.exitCode = 1;
}
