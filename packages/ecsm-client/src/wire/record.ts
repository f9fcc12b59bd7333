import type { ImageConfig } from './image-config.js';
import type { OpenString } from './open-string.js';
import type { PageQuery } from './page.js';
import type { AutoUpgrade, PullPolicy, ServiceImageAction, ServicePolicy, VsoaSettings } from './service.js';

/** Query of `GET /service/record`. */
export interface RecordListQuery extends PageQuery {
  /** Id of the service; the same parameter name means the record on `DELETE`. */
  readonly id: string;
}

/** A row of `GET /service/record`: one deployment of a service. */
export interface RecordRow {
  readonly id: string;
  readonly name: string;
  readonly cmd: string;
  readonly createdTime: string;
  readonly image: string;
  /** Shape unknown. */
  readonly node: unknown;
}

/** `data` of `GET /service/record/:recordId`: what was deployed. */
export interface RecordDetail {
  readonly name: string;
  readonly image: {
    readonly ref: string;
    readonly path?: string;
    readonly pullPolicy?: OpenString<PullPolicy>;
    readonly autoUpgrade?: OpenString<AutoUpgrade>;
  };
  /** Shape unknown. */
  readonly node: unknown;
  readonly action: OpenString<ServiceImageAction>;
  readonly policy: OpenString<ServicePolicy>;
  readonly factor: number;
  readonly cmd: readonly string[];
  readonly vsoa?: VsoaSettings | null;
  readonly config?: ImageConfig | null;
  readonly createdTime: string;
}
