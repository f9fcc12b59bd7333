import { ManualClock } from '@ecsm/api-types/testing';
import { createClientset, type RestClientset } from '@ecsm/ecsm-client';
import { Simulator, type SimulatorOptions } from '@ecsm/ecsm-simulator';

/** A simulated platform whose time moves only when told to. */
export class TestPlatform implements AsyncDisposable {
  readonly simulator: Simulator;
  readonly client: RestClientset;
  readonly #clock: ManualClock;

  private constructor(simulator: Simulator, clock: ManualClock) {
    this.simulator = simulator;
    this.client = createClientset({ baseUrl: simulator.url });
    this.#clock = clock;
  }

  static async start(options: SimulatorOptions = {}): Promise<TestPlatform> {
    const clock = new ManualClock();
    return new TestPlatform(await Simulator.start({ clock, ...options }), clock);
  }

  get url(): string {
    return this.simulator.url;
  }

  /** Creates a service and lets it come up. Returns its id. */
  async service(name: string, env: readonly string[] = []): Promise<string> {
    const { id } = await this.client.services.create({
      name,
      image: { ref: 'web@1.0.0#sylixos', action: 'run', config: { process: { args: ['/apps/web/web'], env } } },
      node: { names: ['worker-1', 'worker-2'] },
      policy: 'dynamic',
      factor: 2,
    });
    await this.settle();
    return id;
  }

  /** Lets a minute pass on the platform. */
  async settle(): Promise<void> {
    await this.#clock.advance(60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.simulator.stop();
  }
}
