import { allowedImports } from './layers.js';

/** How far above the bottom a package stands: one more than the highest it imports. */
function levelOf(name: string): number {
  return (allowedImports[name] ?? []).reduce((level, each) => Math.max(level, levelOf(each) + 1), 0);
}

/** The layers as a picture in text, top to bottom; README.md holds a copy that `check:docs` compares. */
export function layerPicture(): string {
  const rows: string[][] = [];
  for (const name of Object.keys(allowedImports)) (rows[levelOf(name)] ??= []).push(name);
  const width = Math.max(...rows.map((row) => row.join('   ').length)) + 4;
  const centred = (text: string): string => {
    const left = Math.floor((width - text.length) / 2);
    return `│${' '.repeat(left)}${text}${' '.repeat(width - text.length - left)}│`;
  };
  const line = '─'.repeat(width);
  const body = rows
    .reverse()
    .map((row) => centred(row.join('   ')))
    .join(`\n├${line}┤\n`);
  return `┌${line}┐\n${body}\n└${line}┘`;
}
