import type {
  CreateTemplateFolderData,
  Template,
  TemplateSearchQuery,
  TemplateSearchRow,
  TemplateTreeNode,
  TemplateTreeQuery,
  UpdateTemplateData,
  UpdateTemplateImagesByIdRequest,
  UpdateTemplateImagesByNameRequest,
  UpdateTemplateImagesRow,
  UpdateTemplateRequest,
} from '../wire/template.js';
import type { CallOptions } from './call-options.js';

/** A template that {@link TemplatesClient.create} made. */
export interface CreatedTemplate {
  readonly id: string;
  readonly name?: string;
}

/** Calls on stored service definitions in a tree of folders. */
export interface TemplatesClient {
  /** Creates a template for each image in a folder. `imageRefs` are `name@tag#os`. */
  create(path: string, imageRefs: readonly string[], options?: CallOptions): Promise<readonly CreatedTemplate[]>;
  /** Creates a folder `name` below `path`. */
  createFolder(path: string, name: string, options?: CallOptions): Promise<CreateTemplateFolderData>;
  /** Moves a template or folder; answers with its id. */
  move(from: string, to: string, options?: CallOptions): Promise<string>;
  /** Changes one template and, with `action`, deploys it. */
  update(id: string, request: UpdateTemplateRequest, options?: CallOptions): Promise<UpdateTemplateData>;
  /** Changes the images of templates named by id; the result of each is in its row. */
  updateImages(
    request: UpdateTemplateImagesByIdRequest,
    options?: CallOptions,
  ): Promise<readonly UpdateTemplateImagesRow[]>;
  /** Changes the images of templates named by full path; the result of each is in its row. */
  updateImagesByName(
    request: UpdateTemplateImagesByNameRequest,
    options?: CallOptions,
  ): Promise<readonly UpdateTemplateImagesRow[]>;
  /** The tree below a path. */
  tree(query: TemplateTreeQuery, options?: CallOptions): Promise<TemplateTreeNode>;
  /** Reads one template or folder by its id. */
  get(id: string, options?: CallOptions): Promise<Template>;
  /** Reads one template or folder by its full path. */
  getByPath(path: string, options?: CallOptions): Promise<Template>;
  /** The templates and folders that match. */
  search(query: TemplateSearchQuery, options?: CallOptions): Promise<readonly TemplateSearchRow[]>;
  /** Deletes one template or folder; answers with its id. */
  delete(id: string, options?: CallOptions): Promise<string>;
  /** Deletes what is at a path; answers with the ids the platform named. */
  deleteByPath(path: string, options?: CallOptions): Promise<readonly string[]>;
  /** Deletes several templates; answers with the ids the platform named. */
  deleteMany(ids: readonly string[], options?: CallOptions): Promise<readonly string[]>;
}
