import {
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  isBadRequestError,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front' };
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=api', false],
    ['app!=api', true],
    ['app!=web', false],
    ['missing!=anything', true],
    ['tier in (front,back)', true],
    ['tier in (back)', false],
    ['tier notin (back)', true],
    ['missing notin (back)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['app=web,tier in (front, back),!missing', true],
    ['app=web,tier=back', false],
    ['example.dev/app=web', false],
  ])('%s → %s', (text, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  it.each(['app=web,', 'a b', '=web', 'app=we b', 'app in web', '-app=x', 'app=web,,tier=a', 'app=a=b'])(
    'refuses %j and says how to write it',
    (text) => {
      expect(() => parseLabelSelector(text)).toThrow(/cannot be read.*write it like/);
    },
  );

  it('does not take inherited properties for labels', () => {
    expect(matchesLabels(parseLabelSelector('constructor'), {})).toBe(false);
    expect(matchesLabels(parseLabelSelector('!constructor'), {})).toBe(true);
  });
});

describe('field selectors', () => {
  const object = { metadata: { name: 'web' }, status: { readyReplicas: 3, ok: true, list: [{ a: 1 }] } };
  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name!=web', false],
    ['status.readyReplicas=3', true],
    ['status.readyReplicas!=0', true],
    ['status.ok=true', true],
    ['status.missing=', true],
    ['status.missing!=x', true],
    ['status.list[0].a=1', true],
    ['metadata.name=web,status.readyReplicas=2', false],
    ['metadata.constructor.name=', true],
  ])('%s → %s', (text, expected) => {
    expect(matchesFields(parseFieldSelector(text), object)).toBe(expected);
  });

  it('refuses what it cannot read', () => {
    let caught: unknown;
    try {
      parseFieldSelector('metadata.name');
    } catch (error) {
      caught = error;
    }
    expect(isBadRequestError(caught)).toBe(true);
  });
});
