import { Agent, request, type IncomingMessage } from 'node:http';

import type {
  ApiObject,
  KindDefinition,
  ListOptions,
  ListWatch,
  ObjectList,
  Stored,
  VersionList,
  WatchEvent,
  WatchOptions,
} from '@ecsm/api-types';

/** A list as Kubernetes API servers send it. */
interface KubernetesList<Item> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly Item[];
}

/** An event as Kubernetes API servers send it. */
interface KubernetesEvent<T extends ApiObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored<T>;
}

/** What to ask for: whole objects, or their metadata alone, which is all that most controllers need of an event. */
const accepted = {
  objects: { list: 'application/json', watch: 'application/json' },
  metadata: {
    list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    watch: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  },
} as const;

/** The objects of a server that speaks the API of Kubernetes, as a user who has one would write it. */
export class HttpListWatch<T extends ApiObject> implements ListWatch<T> {
  readonly kind: KindDefinition<T>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #shape: keyof typeof accepted;

  /**
   * @param kind - one without other fields, if `shape` is `metadata`
   * @param url - of the list, e.g. `http://127.0.0.1:8001/apis/example.dev/v1/samples`
   */
  constructor(kind: KindDefinition<T>, url: string, shape: keyof typeof accepted = 'objects') {
    this.kind = kind;
    this.#url = url;
    this.#shape = shape;
  }

  async list(options: ListOptions = {}): Promise<ObjectList<T>> {
    const { metadata, items } = await this.#read<Stored<T>>(options, accepted[this.#shape].list);
    return { ...metadata, items };
  }

  async listVersions(options: ListOptions = {}): Promise<VersionList> {
    const { metadata, items } = await this.#read<Stored<ApiObject>>(options, accepted.metadata.list);
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

  watch({ resourceVersion = '0', signal }: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    const query = `watch=true&resourceVersion=${resourceVersion}`;
    return new Changes<T>(this.#get(query, accepted[this.#shape].watch, signal));
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
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(JSON.parse(Buffer.concat(chunks).toString()) as KubernetesList<Item>);
      });
      response.on('error', reject);
    });
  }

  #get(query: string, accept: string, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const options = { agent: this.#agent, headers: { accept }, ...(signal === undefined ? {} : { signal }) };
    return new Promise((resolve, reject) => {
      request(`${this.#url}?${query}`, options, resolve).on('error', reject).end();
    });
  }
}

type Change<T extends ApiObject> = IteratorResult<WatchEvent<T>, undefined>;

/** The events of a watch, one in each line; without a generator between the socket and who waits. */
class Changes<T extends ApiObject> implements AsyncIterableIterator<WatchEvent<T>> {
  readonly #events: WatchEvent<T>[] = [];
  #rest = '';
  #waiting: { readonly resolve: (next: Change<T>) => void; readonly reject: (reason: unknown) => void } | undefined;
  #end: (() => Promise<Change<T>>) | undefined;

  constructor(response: Promise<IncomingMessage>) {
    const over = (): void => this.#over(() => response.then(() => ({ done: true, value: undefined })));
    response.then((stream) => {
      stream.setEncoding('utf8').on('data', (chunk: string) => this.#read(chunk));
      stream.on('close', over);
    }, over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Change<T>> {
    const value = this.#events.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return this.#end?.() ?? new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as KubernetesEvent<T>;
      const value = { type: type.toLowerCase() as 'added' | 'modified' | 'deleted', object };
      if (this.#waiting === undefined) this.#events.push(value);
      else this.#waiting.resolve({ done: false, value });
      this.#waiting = undefined;
    }
  }

  #over(end: () => Promise<Change<T>>): void {
    this.#end = end;
    if (this.#waiting !== undefined) end().then(this.#waiting.resolve, this.#waiting.reject);
  }
}
