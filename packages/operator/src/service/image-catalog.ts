import { parseImageReference, type Clock, type ServiceTemplate } from '@ecsm/api-types';
import type { Clientset, ImageConfig } from '@ecsm/ecsm-client';
import { operatingSystemOf } from '@ecsm/planner';

import { BlockedError } from './blocked-error.js';

/** How long an answer about an image is believed: milliseconds. */
const freshMs = 60_000;
/** Answers kept; a rollout of a thousand services asks for a few images a thousand times. */
const maxAnswers = 64;

interface Answer {
  readonly value: Promise<unknown>;
  readonly askedMs: number;
}

/** What the platform knows of images; equal questions within a minute share one answer. */
export class ImageCatalog {
  readonly #clientset: Clientset;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();

  constructor(clientset: Clientset, clock: Clock) {
    this.#clientset = clientset;
    this.#clock = clock;
  }

  /**
   * The operating system a template's image is for: named by it, or the only one the image list offers.
   *
   * @throws BlockedError when there is no such image, or one for several systems
   */
  async operatingSystem(template: ServiceTemplate): Promise<string> {
    const named = operatingSystemOf(template);
    if (named !== undefined) return named;
    const systems = await this.#ask(`os ${template.image}`, () => this.#systemsOf(template.image));
    const [only] = systems;
    if (only !== undefined && systems.length === 1) return only;
    throw new BlockedError(
      systems.length === 0
        ? {
            reason: 'ImageNotFound',
            message: `the platform has no image ${template.image}: push it, or correct spec.template.image`,
          }
        : {
            reason: 'ImageAmbiguous',
            message: `image ${template.image} exists for ${systems.join(' and ')}: say which by spec.template.platformSpecific.platform.os or ${template.image}#${systems[0] ?? 'os'}`,
          },
    );
  }

  /** The configuration an image brings with it; empty when it has none. */
  config(ref: string): Promise<ImageConfig> {
    return this.#ask(`config ${ref}`, async () => (await this.#clientset.images.config(ref)) ?? {});
  }

  async #systemsOf(image: string): Promise<readonly string[]> {
    const wanted = parseImageReference(image);
    const systems = new Set<string>();
    for await (const row of this.#clientset.images.all({ ...(wanted === undefined ? {} : { name: wanted.name }) })) {
      if (row.name === wanted?.name && row.tag === wanted.tag) systems.add(row.os.toLowerCase());
    }
    return [...systems].sort();
  }

  #ask<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const nowMs = this.#clock.monotonicNow();
    const known = this.#answers.get(question);
    if (known !== undefined && nowMs - known.askedMs < freshMs) return known.value as Promise<T>;
    const value = ask();
    this.#answers.delete(question);
    this.#answers.set(question, { value, askedMs: nowMs });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= maxAnswers) break;
      this.#answers.delete(oldest);
    }
    // A failure is nothing to remember.
    value.catch(() => {
      if (this.#answers.get(question)?.value === value) this.#answers.delete(question);
    });
    return value;
  }
}
