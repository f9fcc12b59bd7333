import {
  folderCreated,
  template,
  templateId,
  templateIds,
  templateImagesUpdated,
  templatesCreated,
  templatesFound,
  templateTree,
  templateUpdated,
} from '../internal/decoders/template.js';
import type { RestClient } from '../rest/rest-client.js';
import type { TemplatesClient } from './templates-client.js';

/** {@link TemplatesClient} over HTTP. The mix of singular and plural paths is the platform's. */
export function restTemplates(rest: RestClient): TemplatesClient {
  const byPath = ['provision-template', 'path-label'] as const;
  const templates = 'provision-templates';

  return {
    create: async (path, imageRefs, options) => {
      const call = rest
        .post()
        .resource(...byPath, 'service', 'batch')
        .body({ imageRefs, path });
      call.require('the path', path).require('the image references', imageRefs).options(options);
      return (await call.do()).into(templatesCreated).provisionTmplList;
    },
    createFolder: async (path, name, options) => {
      const call = rest
        .post()
        .resource(...byPath, 'folder')
        .body({ name, path });
      return (await call.require('the name', name).require('the path', path).options(options).do()).into(folderCreated);
    },
    move: async (src, dst, options) => {
      const call = rest
        .put()
        .resource(...byPath, 'move')
        .body({ src, dst });
      return (await call.require('the old path', src).require('the new path', dst).options(options).do()).into(
        templateId,
      );
    },
    update: async (id, request, options) =>
      (await rest.put().resource(templates).name(id, ['images']).body(request).options(options).do()).into(
        templateUpdated,
      ),
    updateImages: async (request, options) => {
      const call = rest.put().resource(templates).body(request).options(options);
      return (await call.require('the list of templates', request.templates).do()).into(templateImagesUpdated);
    },
    updateImagesByName: async (request, options) => {
      const call = rest.put().resource(templates, 'images').body(request).options(options);
      return (await call.require('the list of templates', request.templates).do()).into(templateImagesUpdated);
    },
    tree: async ({ path, level, model }, options) => {
      const call = rest
        .get()
        .resource(...byPath, 'tree')
        .params({ path, level, model });
      return (await call.require('the path', path).options(options).do()).into(templateTree);
    },
    get: async (id, options) =>
      (await rest.get().resource('provision-template').name(id, ['path-label']).options(options).do()).into(template),
    getByPath: async (path, options) => {
      const call = rest
        .get()
        .resource(...byPath)
        .param('path', path);
      return (await call.require('the path', path).options(options).do()).into(template);
    },
    search: async ({ key, path, kind }, options) => {
      const call = rest
        .get()
        .resource(...byPath, 'search')
        .params({ key, path, kind });
      return (await call.options(options).do()).into(templatesFound);
    },
    delete: async (id, options) =>
      (
        await rest
          .delete()
          .resource(...byPath)
          .name(id)
          .options(options)
          .do()
      ).into(templateId),
    deleteByPath: async (path, options) => {
      const call = rest
        .delete()
        .resource(...byPath)
        .body({ path });
      return (await call.require('the path', path).options(options).do()).into(templateIds);
    },
    deleteMany: async (ids, options) => {
      // The ids go out under both names that servers may expect.
      const call = rest
        .delete()
        .resource(...byPath)
        .body({ id: ids, ids });
      return (await call.require('the list of ids', ids).options(options).do()).into(templateIds);
    },
  };
}
