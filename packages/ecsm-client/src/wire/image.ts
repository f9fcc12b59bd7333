import type { ImageConfig } from './image-config.js';
import type { PageQuery } from './page.js';

/** Query of `GET /image`. */
export interface ImageListQuery extends PageQuery {
  /** `local` for the built-in registry. */
  readonly registryId: string;
  readonly name?: string;
  readonly os?: string;
  readonly author?: string;
}

/** A row of `GET /image`. */
export interface ImageRow {
  readonly id: string;
  readonly name: string;
  readonly tag: string;
  readonly os: string;
  readonly arch: string;
  readonly createdTime: string;
  /** Presumably MB. */
  readonly size: number;
  readonly author: string | null;
  readonly pulled: boolean;
  readonly description?: string;
  readonly ociVersion?: string;
}

/** `data` of `GET /image/summary`: how many images there are. */
export interface ImageSummary {
  readonly local: number;
  readonly remote: number;
}

/** `data` of `GET /image/config`: one level deeper than one expects. */
export interface ImageConfigData {
  readonly config: ImageConfig | null;
}

/** A row of `GET /image/count`. The built-in registry has neither `status` nor `standard`. */
export interface ImageCount {
  readonly count: number;
  readonly registryId: string;
  readonly registryName: string;
  readonly status?: boolean;
  readonly standard?: boolean;
}

/** `data` of `GET /registry/:registryId/image/:imageId`. */
export interface ImageDetail {
  readonly id: string;
  readonly name: string;
  readonly tag: string;
  readonly path: string;
  readonly os: string;
  readonly arch: string;
  readonly createdTime: string;
  /** Presumably MB. */
  readonly size: number;
  readonly author: string | null;
  /** The configuration as text. */
  readonly rawConfig: string;
  readonly config: ImageConfig | null;
  readonly ociVersion: string;
  readonly hostname: string | null;
  readonly pulled: boolean;
  readonly delete: boolean;
}
