import type {
  CreateTemplateFolderData,
  CreateTemplatesData,
  Template,
  TemplateDeployResult,
  TemplateSearchRow,
  TemplateTreeNode,
  UpdateTemplateData,
  UpdateTemplateImagesRow,
} from '../../wire/template.js';
import {
  type Check,
  DecodeProblem,
  fields,
  flag,
  isJsonObject,
  key,
  listOf,
  object,
  optional,
  or,
  text,
} from '../decode.js';

const someText = or(text, '');

const deployResult = optional(
  fields<TemplateDeployResult>({
    provisionTmpld: optional(text),
    result: text,
    provisionId: optional(text),
    tasks: listOf(fields({ id: text })),
  }),
);

/** Templates made from images. */
export const templatesCreated = fields<CreateTemplatesData>({
  provisionTmplList: listOf(fields({ id: key, name: optional(text) })),
});

/** A folder that was made. */
export const folderCreated = fields<CreateTemplateFolderData>({ id: key, path: someText });

/** One template or folder. */
export const template = fields<Template>({
  id: key,
  name: text,
  kind: text,
  spec: optional(object),
  createdTime: someText,
  updatedTime: someText,
});

/** A template that was changed. */
export const templateUpdated = fields<UpdateTemplateData>({ id: key, deployResult });

/** Templates whose images were changed. */
export const templateImagesUpdated = listOf(
  fields<UpdateTemplateImagesRow>({
    id: someText,
    name: optional(text),
    result: flag,
    message: optional(text),
    deployResult,
  }),
);

/** Deeper than any tree of folders that people keep; an endless one must not exhaust the stack. */
const maxDepth = 200;

function treeNode(depth: number): Check<TemplateTreeNode> {
  return (value, at) => {
    if (depth > maxDepth) throw new DecodeProblem(at, `is deeper than ${maxDepth} levels`);
    return fields<TemplateTreeNode>({
      name: text,
      realpath: someText,
      children: (children, place) => {
        if (children === null || children === undefined) return null;
        const nodes = Object.entries(object(children, place));
        return Object.fromEntries(nodes.map(([name, node]) => [name, treeNode(depth + 1)(node, name)]));
      },
    })(value, at);
  };
}

/** The tree below a path. */
export const templateTree = treeNode(0);

const searchRow = fields<TemplateSearchRow>({
  id: key,
  name: text,
  kind: text,
  realpath: someText,
  createdTime: someText,
  updatedTime: someText,
});

/** What a search found: a list, or a single object. */
export const templatesFound: Check<readonly TemplateSearchRow[]> = (value, at) =>
  listOf(searchRow)(isJsonObject(value) ? [value] : value, at);

/** The ids of a call that answers with one or several of them, under `id` or `ids`. */
export const templateIds: Check<readonly string[]> = (value, at) => {
  const given = isJsonObject(value) ? (value['ids'] ?? value['id']) : value;
  if (typeof given === 'string') return [given];
  if (!Array.isArray(given)) throw new DecodeProblem(at, 'holds no id');
  return listOf(text)(given, at);
};

/** The id of a call that answers with one. */
export const templateId: Check<string> = (value, at) => {
  const [id] = templateIds(value, at);
  if (id === undefined) throw new DecodeProblem(at, 'holds no id');
  return id;
};
