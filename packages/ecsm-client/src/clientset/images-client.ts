import type { ImageConfig } from '../wire/image-config.js';
import type { ImageCount, ImageDetail, ImageRow, ImageSummary } from '../wire/image.js';
import type { CallOptions } from './call-options.js';
import type { Listing } from './list.js';

/** What narrows the count of images. */
export interface ImageCountFilter {
  readonly name?: string;
  readonly os?: string;
  readonly author?: string;
}

/** What narrows the list of images. */
export interface ImageFilter extends ImageCountFilter {
  /**
   * Which registry to look in.
   *
   * @defaultValue `local`, the built-in one
   */
  readonly registryId?: string;
}

/** Calls on the images a service can run. */
export interface ImagesClient extends Listing<ImageRow, ImageFilter> {
  /**
   * The configuration an image brings with it, to be completed and sent on create; `null` when it has none.
   *
   * @param ref - `name@tag#os`
   */
  config(ref: string, options?: CallOptions): Promise<ImageConfig | null>;
  /** How many images there are in the built-in and in other registries. */
  summary(options?: CallOptions): Promise<ImageSummary>;
  /** How many images there are in each registry. */
  count(filter?: ImageCountFilter, options?: CallOptions): Promise<readonly ImageCount[]>;
}

/** A place that holds images. */
export interface Registry {
  /** `local` for the built-in one. */
  readonly id: string;
  readonly name: string;
  /** Images in it. */
  readonly images: number;
}

/** Calls on the places that hold images. */
export interface RegistriesClient {
  /** The registries, taken from the image count: the platform has no list of its own. */
  list(options?: CallOptions): Promise<readonly Registry[]>;
  /** One image of a registry; `imageId` as in the image list. */
  image(registryId: string, imageId: string, options?: CallOptions): Promise<ImageDetail>;
}
