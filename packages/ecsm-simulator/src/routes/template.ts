import type {
  CreateTemplateFolderData,
  CreateTemplatesData,
  ServiceWriteData,
  Template,
  TemplateIdData,
  TemplateSearchRow,
  TemplateSpec,
  TemplateTreeNode,
  UpdateTemplateData,
  UpdateTemplateImagesRow,
} from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { TemplateEntry } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { invalidFields } from '../cluster/service-request.js';
import { nameOf, normalPath, parentOf } from '../cluster/templates.js';
import { isObject } from '../internal/json.js';
import { formatTime } from '../internal/time-format.js';
import { Body } from './body.js';
import { success } from './envelope.js';
import { integer, text, type Query } from './query.js';
import { writeData } from './service.js';

const imageActions = ['load', 'run'] as const;

/** `/provision-template` and `/provision-templates`: the tree of definitions, and deployments from it. */
export function templateRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { templates } = cluster;

  api.post('/provision-template/path-label/service/batch', (request) => {
    const body = new Body(request.body);
    const [refs, path] = [body.texts('imageRefs'), body.text('path')];
    body.done();
    const list = refs
      .map((ref) => templates.addForImage(ref, path))
      .map((entry) => ({ id: entry.id, name: nameOf(entry) }));
    return success<CreateTemplatesData>({ provisionTmplList: list });
  });

  api.post('/provision-template/path-label/folder', (request) => {
    const body = new Body(request.body);
    const [name, path] = [body.text('name'), body.text('path')];
    body.done();
    const folder = templates.addFolder(name, path);
    return success<CreateTemplateFolderData>({ id: folder.id, path: folder.path });
  });

  api.put('/provision-template/path-label/move', (request) => {
    const body = new Body(request.body);
    const [source, target] = [body.text('src'), body.text('dst')];
    body.done();
    return success<TemplateIdData>({ id: templates.move(source, target).id });
  });

  api.put<{ Params: { id: string } }>('/provision-templates/:id', (request) => {
    const entry = templates.get(request.params.id);
    const body = new Body(request.body);
    const name = body.optionalText('name');
    const action = body.optionalWord('action', imageActions);
    body.done();
    const spec = body.raw('templates');
    if (spec !== undefined && spec !== null) {
      assertTemplateSpec(spec);
      templates.setSpec(entry, spec);
    }
    if (name !== undefined) templates.rename(entry, name);
    const deployResult = action === undefined ? null : templates.deploy(entry, action);
    return success<UpdateTemplateData>({ id: entry.id, deployResult });
  });

  api.put('/provision-templates', (request) =>
    success(updateImages(cluster, request.body, 'id', (id) => templates.get(id))),
  );

  api.put('/provision-templates/images', (request) =>
    success(updateImages(cluster, request.body, 'name', (path) => templates.getByPath(path))),
  );

  api.get<{ Querystring: Query }>('/provision-template/path-label/tree', ({ query }) => {
    const full = text(query, 'model') === 'full';
    return success(
      treeNode(cluster, normalPath(text(query, 'path') ?? '/'), integer(query, 'level') ?? Infinity, full),
    );
  });

  api.get<{ Querystring: Query }>('/provision-template/path-label/search', ({ query }) => {
    const [key, kind] = [text(query, 'key') ?? '', text(query, 'kind')];
    const found = templates
      .under(text(query, 'path') ?? '/')
      .filter((entry) => nameOf(entry).includes(key) && (kind === undefined || kind === '' || entry.kind === kind))
      .map(searchRow);
    return success(cluster.settings.templateSearchReply === 'list' ? found : (found[0] ?? null));
  });

  api.get<{ Querystring: Query }>('/provision-template/path-label', ({ query }) =>
    success(template(templates.getByPath(text(query, 'path') ?? ''))),
  );

  api.get<{ Params: { id: string } }>('/provision-template/:id', ({ params }) =>
    success(template(templates.get(params.id))),
  );

  api.delete('/provision-template/path-label', (request) => {
    const path = isObject(request.body) ? request.body['path'] : undefined;
    if (typeof path === 'string') {
      const entry = templates.getByPath(path);
      templates.remove(entry);
      return success<TemplateIdData>({ id: entry.id });
    }
    const ids = idsIn(request.body);
    for (const entry of ids.map((id) => templates.get(id))) templates.remove(entry);
    return success<TemplateIdData>({ id: ids });
  });

  api.delete<{ Params: { id: string } }>('/provision-template/path-label/:id', ({ params }) => {
    const entry = templates.get(params.id);
    templates.remove(entry);
    return success<TemplateIdData>({ id: entry.id });
  });

  for (const action of imageActions) {
    api.post(`/service/${action}/templates-path-label`, (request) => {
      const body = new Body(request.body);
      const paths = body.texts('paths');
      const force = body.optionalFlag('force') ?? false;
      body.done();
      const entries = paths.flatMap((path) => templates.under(path)).filter(({ kind }) => kind === 'service');
      return success(entries.map((entry) => deployed(cluster, entry, action, force)));
    });
  }
}

function deployed(cluster: Cluster, entry: TemplateEntry, action: 'load' | 'run', force: boolean): ServiceWriteData {
  const { error, provisionId = '' } = cluster.templates.deploy(entry, action, force);
  if (typeof error === 'string') throw new PlatformError('invalid', `template ${entry.path}: ${error}`);
  return writeData(cluster, cluster.services.get(provisionId));
}

function updateImages(
  cluster: Cluster,
  body: unknown,
  key: 'id' | 'name',
  find: (idOrPath: string) => TemplateEntry,
): readonly UpdateTemplateImagesRow[] {
  const common = new Body(body);
  const commonAction = common.optionalWord('action', imageActions);
  common.done();
  const rows = common.raw('templates');
  if (!Array.isArray(rows)) throw invalidFields({ templates: 'must be an array' });
  return rows.map((row: unknown) => {
    const fields = new Body(row);
    const [idOrPath, imageRef] = [fields.text(key), fields.text('imageRef')];
    const action = fields.optionalWord('action', imageActions) ?? commonAction;
    fields.done();
    const named = key === 'name' ? { name: idOrPath } : {};
    try {
      const entry = find(idOrPath);
      cluster.templates.setImage(entry, imageRef);
      const deployResult = action === undefined ? null : cluster.templates.deploy(entry, action);
      return { id: entry.id, ...named, result: true, message: 'success', deployResult };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return { id: key === 'id' ? idOrPath : '', ...named, result: false, message: error.message, deployResult: null };
    }
  });
}

function treeNode(cluster: Cluster, path: string, level: number, full: boolean): TemplateTreeNode {
  const entry = path === '/' ? undefined : cluster.templates.getByPath(path);
  const children = cluster.templates
    .under(path)
    .filter((below) => below.path !== path && parentOf(below.path) === path);
  const shown = level > 0 ? children : [];
  return {
    name: entry === undefined ? '/' : nameOf(entry),
    realpath: path,
    childCount: children.length,
    ...(full ? { data: entry === undefined ? null : template(entry) } : {}),
    children: Object.fromEntries(shown.map((child) => [nameOf(child), treeNode(cluster, child.path, level - 1, full)])),
  };
}

function template(entry: TemplateEntry): Template {
  return {
    id: entry.id,
    name: nameOf(entry),
    kind: entry.kind,
    spec: entry.spec ?? null,
    createdTime: formatTime(entry.createdMs),
    updatedTime: formatTime(entry.updatedMs),
  };
}

function searchRow(entry: TemplateEntry): TemplateSearchRow {
  const hostname = entry.spec?.image.config['hostname'];
  return {
    id: entry.id,
    name: nameOf(entry),
    kind: entry.kind,
    hostname: typeof hostname === 'string' ? hostname : '',
    realpath: entry.path,
    node: entry.spec?.node ?? null,
    createdTime: formatTime(entry.createdMs),
    updatedTime: formatTime(entry.updatedMs),
  };
}

/** The ids of a batch removal, under either of the two names programs use. */
function idsIn(body: unknown): readonly string[] {
  const fields = isObject(body) ? body : {};
  const ids = fields['ids'] ?? fields['id'];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw invalidFields({ ids: 'must be an array of strings, or path must be given' });
  }
  return ids;
}

function assertTemplateSpec(spec: unknown): asserts spec is TemplateSpec {
  const image = isObject(spec) ? spec['image'] : undefined;
  const node = isObject(spec) ? spec['node'] : undefined;
  const errors: Record<string, string> = {};
  if (!isObject(image) || typeof image['ref'] !== 'string') errors['templates.image.ref'] = 'must be a string';
  if (!isObject(image) || !isObject(image['config'])) errors['templates.image.config'] = 'must be an object';
  if (!isObject(node) || !Array.isArray(node['names'])) errors['templates.node.names'] = 'must be an array';
  if (Object.keys(errors).length > 0) throw invalidFields(errors);
}
