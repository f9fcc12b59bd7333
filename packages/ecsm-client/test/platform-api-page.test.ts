import { existsSync, readFileSync } from 'node:fs';

import { createClientset } from '@ecsm/ecsm-client';
import { expect, it } from 'vitest';

const page = new URL('../../../docs/reference/platform-api.md', import.meta.url);
const text = readFileSync(page, 'utf8');

it('the page of the API names every method of the clientset, and no other', async () => {
  await using ecsm = createClientset({ baseUrl: 'http://127.0.0.1:1' });
  const methods = Object.entries(ecsm)
    .filter(([name, member]) => name !== 'rest' && typeof member === 'object')
    .flatMap(([name, client]) => Object.keys(client as object).map((method) => [name, method] as const));
  expect(methods.length).toBeGreaterThan(50);
  for (const [resource, method] of methods) expect(text).toMatch(new RegExp(`\\b(${resource}\\.)?${method}\\b`));
  for (const [, resource = '', method = ''] of text.matchAll(/`([a-z]+[A-Za-z]*)\.([a-z][A-Za-z]*)[`(]/g)) {
    expect(methods).toContainEqual([resource, method]);
  }
});

it('the page of the API links to files that exist', () => {
  const links = [...text.matchAll(/\]\((\.\.[^)#]*)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([]);
});
