import {
  ApiError,
  asError,
  ConflictError,
  errorReasons,
  ExpiredError,
  InvalidError,
  isApiError,
  isConflictError,
  isInvalidError,
  isNotFoundError,
  isReadableError,
  messageOf,
  NotFoundError,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

describe('errors', () => {
  it('carry reason, code, details and cause', () => {
    const cause = new Error('disk');
    const error = new ExpiredError({ message: 'gone', details: { kind: 'ecsmservices', name: 'web' }, cause });
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: 'ExpiredError', reason: 'Expired', code: 410, cause });
    expect(error.details).toEqual({ kind: 'ecsmservices', name: 'web' });
  });

  it('are known by their guards, also across copies of the package', () => {
    const foreign = Object.assign(new Error('x'), { reason: 'NotFound', code: 404, details: {} });
    Object.defineProperty(foreign, Symbol.for('@ecsm/api-types/ApiError'), { value: true });
    expect(isNotFoundError(foreign)).toBe(true);
    expect(isNotFoundError(new NotFoundError({ message: 'x' }))).toBe(true);
    expect(isConflictError(new NotFoundError({ message: 'x' }))).toBe(false);
    for (const thrown of [undefined, null, 'text', 1, {}, new Error('NotFound')])
      expect(isApiError(thrown)).toBe(false);
  });

  it('list every broken rule with path, value and rule, and shorten long values', () => {
    const error = new InvalidError({
      details: { kind: 'ecsmservices', namespace: 'default', name: 'web' },
      errors: [
        { field: 'spec.replicas', value: -1, rule: 'must be at least 0' },
        { field: 'spec.nodePool', rule: 'is required' },
        { field: 'spec.image', value: 'x'.repeat(500), rule: 'must be name@tag' },
      ],
    });
    expect(error.message).toContain(
      'ecsmservices "default/web" is invalid: spec.replicas: must be at least 0 (got -1)',
    );
    expect(error.message).toContain('spec.nodePool: is required;');
    expect(error.message.length).toBeLessThan(300);
    expect(isInvalidError(error) && error.errors).toHaveLength(3);
  });

  it('name the fields of a conflict', () => {
    const conflicts = [{ field: '.spec.template.image', live: 'a@1', wanted: 'a@2' }];
    expect(new ConflictError({ message: 'changed', conflicts }).conflicts).toEqual(conflicts);
  });

  it('use the codes of HTTP', () => {
    for (const code of Object.values(errorReasons)) {
      expect(code).toBeGreaterThanOrEqual(400);
      expect(code).toBeLessThan(600);
    }
  });
});

describe('what was thrown', () => {
  const { proxy: revoked, revoke } = Proxy.revocable(new Error('inner'), {});
  revoke();
  const untouchable = Object.defineProperty(new Error('x'), 'cause', {
    get: () => {
      throw new Error('it hurts');
    },
  });

  it('becomes an error that can be looked into, or is one', () => {
    const error = new TypeError('broken');
    expect(asError(error)).toBe(error);
    expect(asError('text').message).toBe('not an Error was thrown: text');
    for (const thrown of [revoked, untouchable, undefined, Symbol('s'), Object.create(null)]) {
      expect(isReadableError(thrown)).toBe(false);
      expect(asError(thrown).message).toMatch(/^not an Error was thrown: /);
      expect(isApiError(thrown)).toBe(false);
    }
  });

  it('has a message, of a thousand letters at most where it is no error', () => {
    expect(messageOf(new Error('broken'))).toBe('broken');
    expect(messageOf({ a: 1n })).toBe('{ a: 1n }');
    expect(messageOf({ a: 1 })).toBe('{"a":1}');
    expect(messageOf('x'.repeat(2000))).toBe(`${'x'.repeat(1000)}…`);
  });
});
