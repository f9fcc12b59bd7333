import { isDeepStrictEqual } from 'node:util';

import type { ServiceImageAction, TemplateDeployResult, TemplateKind, TemplateSpec } from '@ecsm/ecsm-client';

import type { ClusterContext } from './cluster-context.js';
import { parseImageRef } from './image-ref.js';
import type { Service, TemplateEntry } from './model.js';
import { PlatformError } from './platform-error.js';
import { assertServiceRequest } from './service-request.js';
import type { Services } from './services.js';

/** The tree of stored service definitions, and what is deployed from it. */
export class Templates {
  readonly #context: ClusterContext;
  readonly #services: Services;

  constructor(context: ClusterContext, services: Services) {
    this.#context = context;
    this.#services = services;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  get(id: string): TemplateEntry {
    const entry = this.#context.state.templates.get(id);
    if (entry === undefined) throw new PlatformError('notFound', `template ${id} does not exist`);
    return entry;
  }

  /** @throws {@link PlatformError} (`notFound`) */
  getByPath(path: string): TemplateEntry {
    const entry = this.#context.state.templatesByPath.get(normalPath(path));
    if (entry === undefined) throw new PlatformError('notFound', `template ${path} does not exist`);
    return entry;
  }

  /** The entry at a path, if it is not the root, and everything below, in order of creation. */
  under(path: string): readonly TemplateEntry[] {
    const top = normalPath(path);
    return [...this.#context.state.templates.values()].filter(({ path: at }) => isWithin(at, top));
  }

  addFolder(name: string, parent: string): TemplateEntry {
    return this.#add(join(parent, name), 'folder', undefined);
  }

  /** Makes a template of an image, named like the image, on all nodes that can run it. */
  addForImage(imageRef: string, parent: string): TemplateEntry {
    const { state } = this.#context;
    const ref = parseImageRef(imageRef);
    const image = state.imagesByRef.get(imageRef);
    if (ref === undefined || image === undefined)
      throw new PlatformError('notFound', `image ${imageRef} does not exist`);
    const names = [...state.nodes.values()].filter((node) => node.os === ref.os).map((node) => node.name);
    const spec: TemplateSpec = {
      image: { ref: imageRef, config: image.config },
      node: { names },
      policy: 'static',
      prepull: false,
    };
    return this.#add(join(parent, ref.name), 'service', spec);
  }

  /** Moves an entry with all below it. */
  move(source: string, target: string): TemplateEntry {
    const entry = this.getByPath(source);
    const from = entry.path;
    const to = normalPath(target);
    if (isWithin(to, from)) throw new PlatformError('conflict', `${from} cannot be moved below itself`);
    if (this.#context.state.templatesByPath.has(to))
      throw new PlatformError('conflict', `template ${to} already exists`);
    for (const below of this.under(from)) {
      this.#context.state.moveTemplate(below, to + below.path.slice(from.length));
      below.updatedMs = this.#context.timeline.nowMs;
    }
    return entry;
  }

  rename(entry: TemplateEntry, name: string): void {
    if (name !== nameOf(entry)) this.move(entry.path, join(parentOf(entry.path), name));
  }

  setSpec(entry: TemplateEntry, spec: TemplateSpec): void {
    entry.spec = structuredClone(spec);
    entry.updatedMs = this.#context.timeline.nowMs;
  }

  setImage(entry: TemplateEntry, imageRef: string): void {
    if (entry.spec === undefined) throw new PlatformError('invalid', `${entry.path} is a folder`);
    if (parseImageRef(imageRef) === undefined) {
      throw new PlatformError('invalid', `image ${imageRef} is not of the form name@tag#os`);
    }
    this.setSpec(entry, { ...entry.spec, image: { ...entry.spec.image, ref: imageRef } });
  }

  /** Removes an entry with all below it. */
  remove(entry: TemplateEntry): void {
    for (const below of this.under(entry.path)) this.#context.state.removeTemplate(below);
  }

  /**
   * Deploys a template as the service with its path as label: creates it, or updates it if it differs or is forced.
   *
   * Failures are part of the result, because one template of many may fail.
   */
  deploy(entry: TemplateEntry, action: ServiceImageAction, force = false): TemplateDeployResult {
    try {
      const { service, result } = this.#deploy(entry, action, force);
      return {
        provisionTmpld: entry.id,
        result,
        provisionId: service.id,
        tasks: [...service.tasks].map(({ id }) => ({ id })),
        error: null,
      };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return { provisionTmpld: entry.id, result: 'failed', error: error.message };
    }
  }

  #deploy(entry: TemplateEntry, action: ServiceImageAction, force: boolean) {
    const { spec } = entry;
    if (spec === undefined) throw new PlatformError('invalid', `${entry.path} is a folder`);
    const request: unknown = { ...structuredClone(spec), name: nameOf(entry), image: { ...spec.image, action } };
    assertServiceRequest(request);
    const present = this.#serviceAt(entry.path);
    if (present === undefined) {
      return { service: this.#services.create(request, { pathLabel: entry.path }), result: 'created' } as const;
    }
    const same = isDeepStrictEqual(present.image, request.image) && present.factor === request.factor;
    if (!same || force) this.#services.update({ ...request, id: present.id });
    return { service: present, result: 'updated' } as const;
  }

  #serviceAt(pathLabel: string): Service | undefined {
    for (const service of this.#context.state.services.values()) {
      if (service.pathLabel === pathLabel && !service.deleting) return service;
    }
    return undefined;
  }

  #add(path: string, kind: TemplateKind, spec: TemplateSpec | undefined): TemplateEntry {
    const { random, state, timeline } = this.#context;
    if (state.templatesByPath.has(path)) throw new PlatformError('conflict', `template ${path} already exists`);
    const parent = parentOf(path);
    if (parent !== '/') {
      const above = state.templatesByPath.get(parent);
      if (above === undefined) throw new PlatformError('notFound', `folder ${parent} does not exist`);
      if (above.kind !== 'folder') throw new PlatformError('conflict', `${parent} is not a folder`);
    }
    const entry: TemplateEntry = {
      id: random.hex(32),
      path,
      kind,
      spec: structuredClone(spec),
      createdMs: timeline.nowMs,
      updatedMs: timeline.nowMs,
    };
    state.addTemplate(entry);
    return entry;
  }
}

/** The last part of an entry's path. */
export function nameOf({ path }: TemplateEntry): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path of the folder an entry is in; `/` for the top. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** `/a/b` for `a/b/`, `/` for the root. */
export function normalPath(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

function join(parent: string, name: string): string {
  return normalPath(`${parent}/${name}`);
}

function isWithin(path: string, top: string): boolean {
  return top === '/' || path === top || path.startsWith(`${top}/`);
}
