import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { root } from '../setup.mjs';
import { documents, readDocument } from './markdown.js';

/** The anchor a heading gets, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^\s*```[\s\S]*?^\s*```$/gm, '');
}

function anchorsOf(markdown: string): Set<string> {
  const counts = new Map<string, number>();
  const headings = [...withoutCode(markdown).matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, text = '']) => anchorOf(text));
  const numbered = headings.map((anchor) => {
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set([...numbered, ...[...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)]);
}

/** The files and anchors within the repository that a document links to. */
function linksOf(
  file: string,
): readonly { readonly target: string; readonly path: string; readonly anchor?: string }[] {
  return [...withoutCode(readDocument(file)).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      const absolute = path === '' ? join(root, file) : join(root, dirname(file), path);
      return { target, path: relative(root, absolute), ...(anchor === undefined ? {} : { anchor }) };
    });
}

/** Relative links lead to files and headings that exist, and every page can be reached from the README. */
export function checkLinks(): readonly string[] {
  const findings: string[] = [];
  const reached = new Set<string>();
  for (const file of documents()) {
    for (const { target, path, anchor } of linksOf(file)) {
      reached.add(path);
      if (!existsSync(join(root, path))) findings.push(`${file}: the link ${target} leads nowhere`);
      else if (anchor !== undefined && path.endsWith('.md') && !anchorsOf(readDocument(path)).has(decodeURI(anchor)))
        findings.push(`${file}: the link ${target} names no heading of ${path}`);
    }
  }
  for (const file of documents().filter((each) => /^docs\/|^packages\/[^/]+\/README\.md$/.test(each))) {
    if (!reached.has(file) && !reached.has(dirname(file))) findings.push(`${file}: no other page links to it`);
  }
  return findings;
}
