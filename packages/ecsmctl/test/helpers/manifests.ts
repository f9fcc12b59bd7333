/** A manifest of a Dynamic service on the simulator's built-in cluster. */
export function dynamicService(
  name: string,
  replicas = 2,
  more: { readonly image?: string; readonly labels?: string } = {},
): string {
  return `apiVersion: ecsm.sh/v1
kind: ECSMService
metadata:
  name: ${name}
  labels: ${more.labels ?? '{app: web}'}
spec:
  deploymentStrategy: {type: Dynamic, replicas: ${replicas}, nodePool: [worker-1, worker-2]}
  template:
    image: ${more.image ?? 'web@1.0.0#sylixos'}
    vsoa: {password: topsecret}
`;
}
