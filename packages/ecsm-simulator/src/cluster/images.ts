import type { ImageSpec } from '../spec/cluster-spec.js';
import type { ClusterContext } from './cluster-context.js';
import { defaultImageConfig } from './default-image-config.js';
import { parseImageRef } from './image-ref.js';
import type { ClusterNode, Image, Pull } from './model.js';
import { PlatformError } from './platform-error.js';

/** Called when an image has arrived on a node. */
type ImageArrival = (node: ClusterNode, ref: string) => void;

/** The images in the registries and on the nodes. */
export class Images {
  readonly #context: ClusterContext;
  readonly #onArrival: ImageArrival;

  constructor(context: ClusterContext, onArrival: ImageArrival) {
    this.#context = context;
    this.#onArrival = onArrival;
  }

  /** Puts an image into its registry; one with the same reference is replaced under a new digest. */
  store(spec: ImageSpec): Image {
    const { random, settings, state, timeline } = this.#context;
    const ref = parseImageRef(spec.ref);
    if (ref === undefined) {
      throw new PlatformError('invalid', `image ${JSON.stringify(spec.ref)} is not of the form name@tag#os`);
    }
    const registryId = spec.registry ?? 'local';
    if (!state.registries.has(registryId)) throw new PlatformError('notFound', `registry ${registryId} does not exist`);
    const previous = state.imagesByRef.get(spec.ref);
    const sizeMB = spec.sizeMB ?? 16;
    const image: Image = {
      ...ref,
      id: previous?.id ?? random.hex(32),
      ref: spec.ref,
      registryId,
      arch: spec.arch ?? 'arm64',
      sizeMB,
      pullMs: spec.pullMs ?? sizeMB * settings.pullMsPerMB,
      author: spec.author ?? null,
      description: spec.description ?? '',
      config: spec.config ?? defaultImageConfig(ref, spec.arch ?? 'arm64'),
      behaviour: spec.behaviour ?? {},
      digest: `sha256:${random.hex(64)}`,
      createdMs: timeline.nowMs,
    };
    state.addImage(image);
    return image;
  }

  /** Starts to pull an image onto a node, or joins the pull under way. */
  pull(node: ClusterNode, image: Image): void {
    if (node.pulls.has(image.ref)) return;
    const pull: Pull = { ref: image.ref, digest: image.digest, timer: undefined };
    node.pulls.set(image.ref, pull);
    if (node.link !== 'off') this.#arm(node, pull, image.pullMs);
  }

  /** Puts an image onto a node at once. */
  preload(node: ClusterNode, ref: string): void {
    const image = this.#context.state.imagesByRef.get(ref);
    if (image === undefined || node.images.has(ref)) return;
    node.images.set(ref, image.digest);
    node.diskUsedMB += image.sizeMB;
  }

  /** Carries on with a pull that was under way in a saved state. */
  resumePull(node: ClusterNode, ref: string, inMs: number): void {
    const pull = node.pulls.get(ref);
    if (pull !== undefined) this.#arm(node, pull, inMs);
  }

  /** Ends the pulls of a node that lost its power; they start afresh with the deployments that need them. */
  dropPulls(node: ClusterNode): void {
    for (const pull of node.pulls.values()) pull.timer?.cancel();
    node.pulls.clear();
  }

  #arm(node: ClusterNode, pull: Pull, delayMs: number): void {
    pull.timer = this.#context.timeline.after(delayMs, () => {
      this.#arrive(node, pull);
    });
  }

  #arrive(node: ClusterNode, pull: Pull): void {
    node.pulls.delete(pull.ref);
    if (!node.images.has(pull.ref)) {
      node.diskUsedMB += this.#context.state.imagesByRef.get(pull.ref)?.sizeMB ?? 0;
    }
    node.images.set(pull.ref, pull.digest);
    this.#context.tell('imagePulled', `node ${node.name} has image ${pull.ref}`, { node: node.name });
    this.#onArrival(node, pull.ref);
  }
}
