import {
  checkLabelName,
  checkLabelValue,
  checkQualifiedName,
  checkSubdomainName,
  formatImageReference,
  formatKey,
  parseImageReference,
  parseKey,
  readPath,
} from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('names', () => {
  it.each(['a', 'web', 'web-1', '0', 'a'.repeat(63)])('takes %s as a label name', (name) => {
    expect(checkLabelName(name)).toBeUndefined();
  });

  it.each(['', 'Web', 'web.1', '-web', 'web-', 'a/b', '../etc', 'a'.repeat(64), "x'; DROP TABLE", 'wéb', 'web\n'])(
    'refuses %j as a label name',
    (name) => {
      expect(checkLabelName(name)).toMatch(/must be/);
    },
  );

  it('takes dots in subdomains', () => {
    expect(checkSubdomainName('web.17f0')).toBeUndefined();
    expect(checkSubdomainName('web..x')).toBeDefined();
    expect(checkSubdomainName(`${'a.'.repeat(126)}ab`)).toBeDefined();
  });

  it('knows label keys and values', () => {
    expect(checkQualifiedName('app')).toBeUndefined();
    expect(checkQualifiedName('ecsm.sh/adopt')).toBeUndefined();
    expect(checkQualifiedName('/adopt')).toBeDefined();
    expect(checkQualifiedName('a/b/c')).toBeDefined();
    expect(checkQualifiedName('ECSM.sh/x')).toBeDefined();
    expect(checkLabelValue('')).toBeUndefined();
    expect(checkLabelValue('A_b.c-1')).toBeUndefined();
    expect(checkLabelValue('a b')).toBeDefined();
  });

  it('reads back the keys it writes', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(fc.option(part, { nil: undefined }), part, (namespace, name) => {
        const key = namespace === undefined ? { name } : { namespace, name };
        expect(parseKey(formatKey(key))).toEqual(key);
      }),
    );
  });

  it.each(['', '/', 'a/', '/b', 'a/b/c'])('refuses %j as a key', (text) => {
    expect(() => parseKey(text)).toThrow(TypeError);
  });
});

describe('image references', () => {
  it.each([
    ['nginx@1.0.0#linux', { name: 'nginx', tag: '1.0.0', os: 'linux' }],
    ['team/worker@latest', { name: 'team/worker', tag: 'latest' }],
  ])('reads %s', (text, expected) => {
    const image = parseImageReference(text);
    expect(image).toEqual(expected);
    expect(formatImageReference(image!)).toBe(text);
  });

  it.each(['nginx', 'nginx:1.0', '@1.0', 'nginx@', 'nginx@1#', 'a@b@c', 'a b@c', ''])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

describe('readPath', () => {
  it('looks at own properties only', () => {
    const object = { a: [{ b: 1 }], constructorLike: {} };
    expect(readPath(object, '.a[0].b')).toBe(1);
    expect(readPath(object, '.a[1].b')).toBeUndefined();
    expect(readPath(object, '.constructor.name')).toBeUndefined();
    expect(readPath(object, '.__proto__')).toBeUndefined();
    expect(readPath('text', '.length')).toBeUndefined();
  });
});
