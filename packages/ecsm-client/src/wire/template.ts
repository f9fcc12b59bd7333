import type { ImageConfig } from './image-config.js';
import type { OpenString } from './open-string.js';
import type { PullPolicy, ServiceImageAction, ServiceNodes, ServicePolicy, VsoaSettings } from './service.js';

/** Kinds of entries in the template tree. */
export const templateKinds = ['folder', 'service'] as const;
/** One of {@link templateKinds}. */
export type TemplateKind = (typeof templateKinds)[number];

/** How much of each entry `GET /provision-template/path-label/tree` sends. */
export const templateTreeModels = ['simple', 'full'] as const;
/** One of {@link templateTreeModels}. */
export type TemplateTreeModel = (typeof templateTreeModels)[number];

/** What became of a deployment that followed a template change. */
export interface TemplateDeployResult {
  /** The template's id (misspelt on the wire). */
  readonly provisionTmpld?: string;
  readonly result: OpenString<'failed' | 'created' | 'updated'>;
  /** Id of the service. */
  readonly provisionId?: string;
  readonly tasks?: readonly { readonly id: string }[];
  readonly error?: unknown;
}

/** Body of `POST /provision-template/path-label/service/batch`. */
export interface CreateTemplatesRequest {
  /** Each `name@tag#os`. */
  readonly imageRefs: readonly string[];
  /** The folder. */
  readonly path: string;
}

/** `data` of `POST /provision-template/path-label/service/batch`. */
export interface CreateTemplatesData {
  readonly provisionTmplList: readonly { readonly id: string; readonly name?: string }[];
}

/** Body of `POST /provision-template/path-label/folder`. */
export interface CreateTemplateFolderRequest {
  readonly name: string;
  /** The folder above it. */
  readonly path: string;
}

/** `data` of `POST /provision-template/path-label/folder`. */
export interface CreateTemplateFolderData {
  readonly id: string;
  readonly path: string;
}

/** Body of `PUT /provision-template/path-label/move`. */
export interface MoveTemplateRequest {
  readonly src: string;
  readonly dst: string;
}

/** `data` of the template calls that answer with an id alone. */
export interface TemplateIdData {
  readonly id: string | readonly string[];
}

/** The definition a template holds. */
export interface TemplateSpec {
  readonly image: {
    readonly ref: string;
    readonly config: ImageConfig;
    readonly vsoa?: VsoaSettings;
    readonly pullPolicy?: PullPolicy;
    readonly [field: string]: unknown;
  };
  readonly node: ServiceNodes;
  readonly factor?: number;
  readonly policy?: ServicePolicy;
  readonly prepull?: boolean;
}

/** Body of `PUT /provision-templates/:id`. */
export interface UpdateTemplateRequest {
  readonly name?: string;
  readonly templates?: TemplateSpec;
  /** Deploys after the change. */
  readonly action?: ServiceImageAction;
}

/** `data` of `PUT /provision-templates/:id`. */
export interface UpdateTemplateData {
  readonly id: string;
  readonly deployResult?: TemplateDeployResult | null;
}

/** Body of `PUT /provision-templates`; the action of a template overrides the common one. */
export interface UpdateTemplateImagesByIdRequest {
  readonly templates: readonly {
    readonly id: string;
    readonly imageRef: string;
    readonly action?: ServiceImageAction;
  }[];
  readonly action?: ServiceImageAction;
}

/** Body of `PUT /provision-templates/images`; `name` is the full path of the template. */
export interface UpdateTemplateImagesByNameRequest {
  readonly templates: readonly {
    readonly name: string;
    readonly imageRef: string;
    readonly action?: ServiceImageAction;
  }[];
  readonly action?: ServiceImageAction;
}

/** A row of `data` of `PUT /provision-templates` and `PUT /provision-templates/images` (which adds `name`). */
export interface UpdateTemplateImagesRow {
  readonly id: string;
  readonly name?: string;
  readonly result: boolean;
  readonly message?: string;
  readonly deployResult?: TemplateDeployResult | null;
}

/** Query of `GET /provision-template/path-label/tree`. */
export interface TemplateTreeQuery {
  readonly path: string;
  readonly level?: number;
  readonly model?: TemplateTreeModel;
}

/** A folder or template in the tree. */
export interface TemplateTreeNode {
  readonly name: string;
  /** Full path. */
  readonly realpath: string;
  readonly childCount?: number;
  /** Model `full` only. */
  readonly data?: unknown;
  readonly children?: Readonly<Record<string, TemplateTreeNode>> | null;
}

/** `data` of `GET /provision-template/:id` and `GET /provision-template/path-label?path=`. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly kind: OpenString<TemplateKind>;
  readonly spec?: TemplateSpec | null;
  readonly createdTime: string;
  readonly updatedTime: string;
}

/** Query of `GET /provision-template/path-label/search`. */
export interface TemplateSearchQuery {
  readonly key?: string;
  readonly path?: string;
  readonly kind?: TemplateKind;
}

/** What `GET /provision-template/path-label/search` finds: an object in one program, more plausibly a list of them. */
export interface TemplateSearchRow {
  readonly id: string;
  readonly name: string;
  readonly kind: OpenString<TemplateKind>;
  readonly hostname?: string;
  /** Full path. */
  readonly realpath: string;
  readonly node?: unknown;
  readonly createdTime: string;
  readonly updatedTime: string;
}

/** Body of `DELETE /provision-template/path-label`: a path, or ids under the key `id` (a server may want `ids`). */
export type DeleteTemplatesRequest =
  { readonly path: string } | { readonly id: readonly string[] } | { readonly ids: readonly string[] };
