import { Agent, request, type IncomingMessage } from 'node:http';

import type { ListOptions, ListWatch, ObjectList, VersionList, WatchEvent, WatchOptions } from '@ecsm/api-types';

import { Sample, type StoredSample } from './objects.js';

/** A list as Kubernetes API servers send it. */
interface KubernetesList<Item> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly Item[];
}

/** An event as Kubernetes API servers send it. */
interface KubernetesEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredSample;
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** The samples of a server that speaks the API of Kubernetes, as a user who has one would write it. */
export class HttpListWatch implements ListWatch<Sample> {
  readonly kind = Sample;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;

  /** @param url - of the list, e.g. `http://127.0.0.1:8001/apis/example.dev/v1/samples` */
  constructor(url: string) {
    this.#url = url;
  }

  async list(options: ListOptions = {}): Promise<ObjectList<Sample>> {
    const { metadata, items } = await this.#read<StoredSample>(options, 'application/json');
    return { ...metadata, items };
  }

  async listVersions(options: ListOptions = {}): Promise<VersionList> {
    const { metadata, items } = await this.#read<{ metadata: StoredSample['metadata'] }>(options, metadataOnly);
    return {
      ...metadata,
      items: items.map(({ metadata: { namespace = '', name, uid, resourceVersion, generation } }) => ({
        key: { namespace, name },
        uid,
        resourceVersion,
        generation,
      })),
    };
  }

  async *watch({ resourceVersion = '0', signal }: WatchOptions = {}): AsyncIterable<WatchEvent<Sample>> {
    const response = await this.#get(`watch=true&resourceVersion=${resourceVersion}`, 'application/json', signal);
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as KubernetesEvent;
        yield { type: type.toLowerCase() as 'added' | 'modified' | 'deleted', object };
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #read<Item>({ limit, continue: token, signal }: ListOptions, accept: string): Promise<KubernetesList<Item>> {
    const query = [
      ...(limit === undefined ? [] : [`limit=${limit}`]),
      ...(token === undefined ? [] : [`continue=${token}`]),
    ];
    const response = await this.#get(query.join('&'), accept, signal);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return JSON.parse(text) as KubernetesList<Item>;
  }

  #get(query: string, accept: string, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const options = { agent: this.#agent, headers: { accept }, ...(signal === undefined ? {} : { signal }) };
    return new Promise((resolve, reject) => {
      request(`${this.#url}?${query}`, options, resolve).on('error', reject).end();
    });
  }
}
