/** Markdown as the checks need it: the documents there are, their code blocks, their sections. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../setup.mjs';

/** A fenced code block. */
export interface CodeBlock {
  readonly document: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** What stands behind the fence, e.g. `ts` or `ts ignore`. */
  readonly info: string;
  readonly code: string;
  /** The comment right above the block, without its marks. */
  readonly comment: string | undefined;
}

/** A part of a document from one heading of the second level to the next. */
export interface Section {
  readonly heading: string;
  readonly text: string;
  /** The comment right above the heading, without its marks. */
  readonly comment: string | undefined;
}

const skipped = new Set(['node_modules', 'dist', 'api']);

/** All files of a folder and those below it whose name matches; what is built or installed is left out. */
export function filesBelow(folder: string, pattern: RegExp, leaveOut: ReadonlySet<string> = skipped): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leaveOut.has(entry.name) ? [] : filesBelow(path, pattern, leaveOut);
    return pattern.test(entry.name) ? [path] : [];
  });
}

/** Every document of the repository that people read, but for the changelogs that a release writes. */
export function documents(): readonly string[] {
  return ['README.md', 'README.zh-CN.md', ...filesBelow('docs', /\.md$/), ...filesBelow('packages', /\.md$/)].filter(
    (file) => existsSync(join(root, file)) && !file.endsWith('CHANGELOG.md'),
  );
}

export function readDocument(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const commentPattern = /^<!-- (.*) -->$/;

/** The comment on the nearest line above that is not empty. */
function commentAbove(lines: readonly string[], index: number): string | undefined {
  let above = index - 1;
  while (lines[above] === '') above--;
  return commentPattern.exec(lines[above] ?? '')?.[1];
}

export function codeBlocks(document: string): readonly CodeBlock[] {
  const lines = readDocument(document).split('\n');
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index++) {
    const [, indent = '', info] = /^(\s*)```(.*)$/.exec(lines[index] ?? '') ?? [];
    if (info === undefined) continue;
    const start = index;
    do index++;
    while (index < lines.length && lines[index]?.trim() !== '```');
    const code = lines.slice(start + 1, index).map((line) => line.slice(indent.length));
    blocks.push({
      document,
      line: start + 1,
      info: info.trim(),
      code: code.join('\n'),
      comment: commentAbove(lines, start),
    });
  }
  return blocks;
}

/** What precedes the first heading of the second level counts as a section too, under the title of the document. */
export function sections(markdown: string): readonly Section[] {
  const lines = markdown.split('\n');
  const starts = [0];
  let inCode = false;
  lines.forEach((line, index) => {
    if (/^\s*```/.test(line)) inCode = !inCode;
    if (!inCode && index > 0 && line.startsWith('## ')) starts.push(index);
  });
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    const title = lines.slice(start, end).find((line) => line.startsWith('#')) ?? '';
    const text = lines.slice(start, end).filter((line) => !commentPattern.test(line));
    return {
      heading: title.replace(/^#+ /, ''),
      text: text.join('\n').trim(),
      comment: start === 0 ? commentPattern.exec(lines[0] ?? '')?.[1] : commentAbove(lines, start),
    };
  });
}
