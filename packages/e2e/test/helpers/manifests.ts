/** A Dynamic service on the SylixOS nodes of the default cluster. */
export function dynamicService(name: string, replicas: number, image = 'web@1.0.0#sylixos'): string {
  return `apiVersion: ecsm.sh/v1
kind: ECSMService
metadata:
  name: ${name}
  namespace: default
spec:
  deploymentStrategy:
    type: Dynamic
    replicas: ${replicas}
    nodePool: [worker-1, worker-2, worker-3]
  template:
    image: ${image}
`;
}

/** A Static service. */
export function staticService(name: string, nodes: readonly string[], image = 'telemetry@1.0.0#sylixos'): string {
  return `apiVersion: ecsm.sh/v1
kind: ECSMService
metadata:
  name: ${name}
  namespace: default
spec:
  deploymentStrategy:
    type: Static
    nodes: [${nodes.join(', ')}]
  template:
    image: ${image}
`;
}
