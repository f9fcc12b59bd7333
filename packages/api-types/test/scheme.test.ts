import {
  defineKind,
  ECSMService,
  ecsmScheme,
  isBadRequestError,
  Scheme,
  type ApiObject,
  type TypeMeta,
} from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

interface Database extends ApiObject {
  readonly spec: { readonly size: number };
}
const Database = defineKind<Database>({ group: 'example.dev', version: 'v1', kind: 'Database', shortNames: ['db'] });

describe('defineKind', () => {
  it.each([
    [undefined, 'the options of a kind must be an object, got undefined'],
    [{ kind: 'Database' }, 'group of a kind must be a text of at least one character, got undefined'],
    [{ shema: {} }, 'a kind has no option "shema": did you mean "schema"?'],
    [
      { subresources: { stauts: true } },
      'the subresources of kind Database has no option "stauts": did you mean "status"?',
    ],
    [{ scope: 'Cluster' }, "scope of a kind must be one of namespaced, cluster, got 'Cluster'"],
  ])('refuses %j in plain JavaScript: what nobody reads would do nothing', (mistake, message) => {
    const rest =
      mistake !== undefined && 'kind' in mistake ? {} : { group: 'example.dev', version: 'v1', kind: 'Database' };
    const options = mistake && { ...rest, ...mistake };
    expect(() => defineKind(options as unknown as Parameters<typeof defineKind>[0])).toThrow(message);
  });
});

describe('Scheme', () => {
  it('finds kinds by every word they go by', () => {
    for (const word of ['ecsmservices', 'ecsmservice', 'ECSMService', 'es', 'ES', 'ecsmservices.ecsm.sh']) {
      expect(ecsmScheme.find(word)).toBe(ECSMService);
    }
    expect(ecsmScheme.find('databases')).toBeUndefined();
    expect(ecsmScheme.with(Database).find('db')).toBe(Database);
    expect(ecsmScheme.find('db')).toBeUndefined();
  });

  it('names the kinds it knows when it does not know one', () => {
    let caught: unknown;
    try {
      ecsmScheme.kindOf({ apiVersion: 'ecsm.sh/v1', kind: 'ECSMServices' });
    } catch (error) {
      caught = error;
    }
    expect(isBadRequestError(caught)).toBe(true);
    expect(String(caught)).toMatch(/"ECSMServices".*ecsm\.sh\/v1 ECSMService/);
  });

  it.each([
    ['ecsm.sh/v1', 'ECSMServise', 'ECSMService'],
    ['ecsm.sh/v1', 'ecsmhpas', 'ECSMHpa'],
    ['ecsm.sh/v1alpha1', 'ECSMService', 'ECSMService'],
    ['apps/v1', 'Deployment', undefined],
    ['ecsm.sh/v1', undefined, undefined],
  ])('names the kind that was meant by %s %s', (apiVersion, kind, meant) => {
    const hint = meant === undefined ? '' : `did you mean ecsm.sh/v1 ${meant}? `;
    expect(() => ecsmScheme.kindOf({ apiVersion, kind } as TypeMeta)).toThrow(
      `no kind "${kind}" in version "${apiVersion}" is known; ${hint}known are: ecsm.sh/v1 ECSMService, `,
    );
  });

  it('refuses a kind twice and a word twice', () => {
    expect(() => ecsmScheme.with(ECSMService)).toThrow(/twice/);
    const clash = defineKind({ group: 'example.dev', version: 'v1', kind: 'Escape', shortNames: ['es'] });
    expect(() => ecsmScheme.with(clash)).toThrow(/both go by "es"/);
  });

  it('fills in what a definition leaves out', () => {
    expect(Database).toMatchObject({
      plural: 'databases',
      singular: 'database',
      scope: 'namespaced',
      subresources: {},
    });
    expect(new Scheme([Database]).has(Database)).toBe(true);
  });
});
