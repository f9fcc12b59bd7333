/** A platform service, as far as the tests look at one. */
export interface PlatformService {
  readonly id: string;
  readonly name: string;
  readonly factor: number;
  readonly policy: string;
}

/** A container, as far as the tests look at one. */
export interface PlatformContainer {
  readonly id: string;
  readonly taskId: string;
  readonly name: string;
  readonly status: string;
  readonly nodeName: string;
  readonly imageVersion: string;
  readonly serviceName: string;
}

interface Page<Row> {
  readonly list: readonly Row[];
}

/** The simulator's REST API, spoken by hand so that our own client cannot hide anything from the tests. */
export class Platform {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async services(): Promise<readonly PlatformService[]> {
    const { list } = await this.#get<Page<PlatformService>>('service?pageNum=1&pageSize=1000');
    return list;
  }

  /** Services whose name starts with an object's name, as all that are made for it do. */
  async servicesOf(name: string): Promise<readonly PlatformService[]> {
    return (await this.services()).filter((service) => service.name.startsWith(`${name}-`));
  }

  /** Running containers of an object. */
  async running(name: string): Promise<readonly PlatformContainer[]> {
    const services = await this.servicesOf(name);
    if (services.length === 0) return [];
    const query = services.map((service) => `serviceIds[]=${encodeURIComponent(service.id)}`).join('&');
    const { list } = await this.#get<Page<PlatformContainer>>(`container/service?pageNum=1&pageSize=1000&${query}`);
    return list.filter((container) => container.status === 'running');
  }

  /** Deletes a platform service as somebody with a browser would. */
  async deleteService(id: string): Promise<void> {
    await this.#call('DELETE', `service/${id}`);
  }

  /** Speaks to the simulator's control interface. */
  async control(path: string, body: unknown = {}): Promise<void> {
    const response = await fetch(`${this.url}/control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
  }

  async #get<Data>(path: string): Promise<Data> {
    return (await this.#call('GET', path)) as Data;
  }

  async #call(method: string, path: string): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}`, { method });
    const envelope = (await response.json()) as {
      readonly status: number;
      readonly message: string;
      readonly data: unknown;
    };
    if (envelope.status !== 200) throw new Error(`${method} ${path}: ${envelope.status} ${envelope.message}`);
    return envelope.data;
  }
}
