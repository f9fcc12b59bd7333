import { defineKind, type ApiObject, type Condition } from '@ecsm/api-types';

/** A website: what its owner has to say about it, and no more. */
export interface Website extends ApiObject {
  readonly spec: { readonly image: string; readonly visitors: 'few' | 'many' };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export const Website = defineKind<Website>({
  group: 'example.dev',
  version: 'v1',
  kind: 'Website',
  subresources: { status: true },
  schema: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['image', 'visitors'],
        additionalProperties: false,
        properties: { image: { type: 'string', minLength: 1 }, visitors: { enum: ['few', 'many'] } },
      },
    },
  },
});
