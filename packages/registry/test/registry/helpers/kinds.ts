import { defineKind, ecsmScheme, type ApiObject, type ECSMService, type Lease, type Manifest } from '@ecsm/api-types';

/** Free-form, with status and scale, and a rule across objects: no two of a namespace may have the same colour. */
export interface Widget extends ApiObject {
  readonly spec: { readonly size: number; readonly colour?: string; readonly parts?: unknown; readonly twin?: string };
  readonly status?: { readonly observedGeneration?: number; readonly ready?: number; readonly note?: string };
}

export const Widget = defineKind<Widget>({
  group: 'test.dev',
  version: 'v1',
  kind: 'Widget',
  schema: {
    type: 'object',
    required: ['spec'],
    additionalProperties: false,
    properties: {
      spec: {
        type: 'object',
        required: ['size', 'colour'],
        additionalProperties: false,
        properties: {
          size: { type: 'integer', minimum: 0, maximum: 100 },
          colour: { enum: ['red', 'green', 'grey'] },
          parts: {},
          twin: { type: 'string' },
        },
      },
      status: {
        type: 'object',
        properties: {
          observedGeneration: { type: 'integer' },
          ready: { type: 'integer', minimum: 0 },
          note: { type: 'string' },
        },
      },
    },
  },
  subresources: { status: true, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.ready' } },
  applyDefaults: (widget) => ({ ...widget, spec: { colour: 'grey', ...widget.spec } }),
  validate: async (widget, { read }) => {
    const { twin } = widget.spec;
    if (twin === undefined) return [];
    const other = await read({ name: twin });
    return other?.spec.twin === widget.metadata.name
      ? [{ field: 'spec.twin', value: twin, rule: 'must not point back' }]
      : [];
  },
});

/** Of cluster scope, without status: its whole content is one. */
export interface Zone extends ApiObject {
  readonly region: string;
}

export const Zone = defineKind<Zone>({ group: 'test.dev', version: 'v1', kind: 'Zone', scope: 'cluster' });

/** Goes by itself after a second. */
export const Spark = defineKind<Zone>({ group: 'test.dev', version: 'v1', kind: 'Spark', timeToLiveMs: 1_000 });

export const testScheme = ecsmScheme.with(Widget, Zone, Spark);

export function widget(name: string, spec: Partial<Widget['spec']> = {}, metadata: object = {}): Manifest<Widget> {
  return {
    apiVersion: 'test.dev/v1',
    kind: 'Widget',
    metadata: { namespace: 'default', name, ...metadata },
    spec: { size: 1, ...spec },
  };
}

export function zone(name: string, metadata: object = {}): Manifest<Zone> {
  return { apiVersion: 'test.dev/v1', kind: 'Zone', metadata: { name, ...metadata }, region: 'north' };
}

export function lease(name: string, metadata: object = {}): Manifest<Lease> {
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: 'Lease',
    metadata: { namespace: 'default', name, ...metadata },
    spec: { holderIdentity: 'me' },
  };
}

export function service(name: string, spec: Partial<ECSMService['spec']> = {}): Manifest<ECSMService> {
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: 'ECSMService',
    metadata: { namespace: 'default', name },
    spec: {
      deploymentStrategy: { type: 'Dynamic', replicas: 3, nodePool: ['n1', 'n2'] },
      template: { image: 'web@1.0' },
      ...spec,
    },
  };
}

/** A reference to an owner. */
export function ownedBy(owner: ApiObject, options: { readonly block?: boolean } = {}): object {
  const { apiVersion, kind, metadata } = owner;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    ...(options.block === true ? { blockOwnerDeletion: true } : {}),
  };
}
