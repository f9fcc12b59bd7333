import { defineKind, type ApiObject, type Condition, type Manifest } from '@ecsm/api-types';

/** A kind for tests. */
export interface Gadget extends ApiObject {
  readonly spec: { readonly size: number; readonly plan?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
  };
}

export const Gadget = defineKind<Gadget>({
  group: 'test.dev',
  version: 'v1',
  kind: 'Gadget',
  subresources: { status: true },
});

/** Something a gadget may own. */
export interface Part extends ApiObject {
  readonly spec: { readonly colour: string; readonly gadget?: string };
}

export const Part = defineKind<Part>({ group: 'test.dev', version: 'v1', kind: 'Part' });

/** A kind of cluster scope. */
export interface Zone extends ApiObject {
  readonly spec: { readonly region: string };
}

export const Zone = defineKind<Zone>({ group: 'test.dev', version: 'v1', kind: 'Zone', scope: 'cluster' });

export const kinds = [Gadget, Part, Zone];

export function gadget(
  name: string,
  spec: Partial<Gadget['spec']> = {},
): Manifest<Gadget> & { metadata: { name: string } } {
  return {
    apiVersion: 'test.dev/v1',
    kind: 'Gadget',
    metadata: { name, namespace: 'default' },
    spec: { size: 1, ...spec },
  };
}

export function part(name: string, spec: Partial<Part['spec']> = {}): Manifest<Part> & { metadata: { name: string } } {
  return {
    apiVersion: 'test.dev/v1',
    kind: 'Part',
    metadata: { name, namespace: 'default' },
    spec: { colour: 'red', ...spec },
  };
}
