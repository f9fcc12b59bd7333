import { describe, expect, it } from 'vitest';

import { renderJsonPath } from '../../src/output/jsonpath.js';

const list = {
  items: [
    { metadata: { name: 'a', labels: { 'example.dev/tier': 'front' } }, spec: { replicas: 2 } },
    { metadata: { name: 'b' }, spec: { replicas: 5 } },
  ],
};

describe('renderJsonPath', () => {
  it.each([
    ['{.items[*].metadata.name}', 'a b'],
    ['.items[0].metadata.name', 'a'],
    ['{range .items[*]}{.metadata.name}={.spec.replicas}{"\\n"}{end}', 'a=2\nb=5\n'],
    ['{.items[?(@.spec.replicas > 3)].metadata.name}', 'b'],
    ['{.items[?(@.metadata.name=="a")].spec.replicas}', '2'],
    ['{.items[0].metadata.labels.example\\.dev/tier}', 'front'],
    ['{.items[0].spec}', '{"replicas":2}'],
    ['{.nothing}', ''],
    ["{.items[*]['metadata.name','spec.replicas']}", 'a b 2 5'],
    ['{.items[0].metadata["name", "labels"]}', 'a {"example.dev/tier":"front"}'],
    ['{range .items[*].spec.replicas}{@}{"\\n"}{end}', '2\n5\n'],
    ['{range .items[*].metadata.name}{.}{.nothing};{end}', 'a;b;'],
    ['names: {.items[*].metadata.name}!', 'names: a b!'],
  ])('%s', (template, expected) => {
    expect(renderJsonPath(template, list)).toBe(expected);
  });

  it.each(['{.items[*]', '{range .items[*]}x', '{end}', '{.items[?(]}', '{.items[}', "{.items[?(@.a=='b')}"])(
    'refuses %s',
    (template) => {
      expect(() => renderJsonPath(template, list)).toThrow(/JSONPath/);
    },
  );

  it('runs no code', () => {
    expect(() => renderJsonPath('{.items[?(process.exit())]}', list)).toThrow();
  });
});
