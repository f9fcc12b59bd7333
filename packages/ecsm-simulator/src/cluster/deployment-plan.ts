import type { PlatformSettings } from '../settings.js';
import type { ClusterState } from './cluster-state.js';
import type { Image, Task } from './model.js';
import { roomOn } from './placement.js';
import { requirementsOf, type Requirements } from './requirements.js';

/** How a deployment can proceed, or why it cannot. */
export type DeploymentPlan =
  /** `retryOnReturn`: the obstacle goes away when the node comes back. */
  | { readonly kind: 'fail'; readonly message: string; readonly retryOnReturn: boolean }
  /** The image is on the node. */
  | { readonly kind: 'create'; readonly need: Requirements }
  | { readonly kind: 'pull'; readonly need: Requirements; readonly image: Image };

/** Decides about the deployment of a service's present definition to an instance's node. */
export function planDeployment(task: Task, state: ClusterState, settings: PlatformSettings): DeploymentPlan {
  const { node, service } = task;
  const { pullPolicy, ref } = service.image;
  if (node.status === 'offline') return fail(`node ${node.name} is offline`, true);
  if (node.os !== service.ref.os) {
    return fail(`image ${ref} is for ${service.ref.os}, node ${node.name} runs ${node.os}`);
  }
  const image = state.imagesByRef.get(ref);
  const present = node.images.get(ref);
  const policy = pullPolicy ?? (service.ref.tag === 'latest' ? 'Always' : 'IfNotPresent');
  if (policy === 'Never' && present === undefined) {
    return fail(`image ${ref} is not on node ${node.name} and pullPolicy is Never`);
  }
  const asksRegistry = policy === 'Always' || (policy === 'IfNotPresent' && present === undefined);
  if (asksRegistry && image === undefined) return fail(`image ${ref} does not exist in the registry`);
  const need = requirementsOf(service.image, settings);
  const refusal = roomOn(node, need, present === undefined ? (image?.sizeMB ?? 0) : 0);
  if (refusal !== undefined) return fail(refusal);
  if (asksRegistry && image !== undefined && present !== image.digest) return { kind: 'pull', need, image };
  return { kind: 'create', need };
}

function fail(message: string, retryOnReturn = false): DeploymentPlan {
  return { kind: 'fail', message, retryOnReturn };
}
