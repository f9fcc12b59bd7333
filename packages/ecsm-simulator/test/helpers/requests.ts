import type { CreateServiceRequest, ServiceImage } from '@ecsm/ecsm-client';

/** Nodes with SylixOS in the default cluster. */
export const sylixosNodes = ['worker-1', 'worker-2', 'worker-3'] as const;

/** A create request for a dynamic service, to be overridden in parts. */
export function dynamicService(
  overrides: Partial<Omit<CreateServiceRequest, 'image'>> & { readonly image?: Partial<ServiceImage> } = {},
): CreateServiceRequest {
  return {
    name: 'web',
    policy: 'dynamic',
    factor: 2,
    node: { names: sylixosNodes },
    ...overrides,
    image: {
      ref: 'web@1.0.0#sylixos',
      action: 'run',
      config: { process: { args: ['/apps/web'], env: ['A=1'] } },
      ...overrides.image,
    },
  };
}

/** A create request for a static service. */
export function staticService(
  overrides: Partial<Omit<CreateServiceRequest, 'image'>> & { readonly image?: Partial<ServiceImage> } = {},
): CreateServiceRequest {
  const { name, node, image } = dynamicService(overrides);
  return {
    name,
    node,
    image,
    policy: 'static',
    ...(overrides.factor === undefined ? {} : { factor: overrides.factor }),
  };
}
