import { createHash } from 'node:crypto';

import { readDocument, sections } from './markdown.js';

/** Which page each Chinese page was made from. */
const editions: Readonly<Record<string, string>> = {
  'README.zh-CN.md': 'README.md',
  'docs/zh-CN/getting-started.md': 'docs/guides/getting-started.md',
  'docs/zh-CN/manifests.md': 'docs/guides/manifests.md',
  'docs/zh-CN/troubleshooting.md': 'docs/reference/troubleshooting.md',
};

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function checkEdition(edition: string, source: string): readonly string[] {
  const chinese = sections(readDocument(edition));
  const english = sections(readDocument(source));
  const findings = english.flatMap(({ heading, text }, index) => {
    const wanted = `from: ${hashOf(text)}`;
    const found = chinese[index];
    if (found === undefined)
      return [`${edition}: the section "${heading}" of ${source} is missing (<!-- ${wanted} -->)`];
    if (found.comment === wanted) return [];
    return [
      `${edition}: the section "${found.heading}" is not of today's "${heading}" of ${source}; ` +
        `when it says the same again, put <!-- ${wanted} --> above it`,
    ];
  });
  return chinese.length > english.length ? [...findings, `${edition}: has more sections than ${source}`] : findings;
}

/**
 * The Chinese pages are in step with the English ones, section by section: above each stands the hash of the English section
 * that it was made from.
 */
export function checkEditions(): readonly string[] {
  return Object.entries(editions).flatMap(([edition, source]) => checkEdition(edition, source));
}
