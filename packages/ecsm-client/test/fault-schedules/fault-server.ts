import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import type { SeededRandom } from '@ecsm/api-types/testing';

/** A request as read from the socket. */
interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** The right answer to a request, and the key of the call that made it. */
export type AnswerTo = (request: RawRequest) => { readonly key: string; readonly answer: string };

/** What happens to one request: whether it is carried out, and what the client gets to see of it. */
interface Fault {
  readonly name: string;
  readonly executes: boolean;
  readonly weight: number;
  respond(
    socket: Socket,
    answer: string,
    random: SeededRandom,
    later: (action: () => void, delayMs: number) => void,
  ): void;
}

function http(status: number, body: string, headers: readonly string[] = ['content-type: application/json']): string {
  const head = [`HTTP/1.1 ${status} X`, ...headers, `content-length: ${Buffer.byteLength(body)}`];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function refusal(status: number): string {
  return JSON.stringify({ status, message: 'no', data: null, fieldErrors: { any: ['thing'] } });
}

const ok = (answer: string) => http(200, answer);

const faults: readonly Fault[] = [
  { name: 'ok', executes: true, weight: 60, respond: (socket, answer) => socket.write(ok(answer)) },
  {
    name: 'ok, late',
    executes: true,
    weight: 6,
    respond: (socket, answer, random, later) => later(() => socket.write(ok(answer)), random.int(1, 120)),
  },
  {
    name: 'ok, in drops',
    executes: true,
    weight: 4,
    respond: (socket, answer, random, later) => {
      const bytes = ok(answer);
      const size = random.int(20, 90);
      const next = (from: number): void => {
        if (from >= bytes.length || socket.destroyed) return;
        socket.write(bytes.slice(from, from + size));
        later(() => next(from + size), random.int(1, 12));
      };
      next(0);
    },
  },
  {
    name: 'ok, then closed',
    executes: true,
    weight: 4,
    respond: (socket, answer) => socket.end(http(200, answer, ['content-type: application/json', 'connection: close'])),
  },
  {
    name: 'ok, closed right after keeping alive',
    executes: true,
    weight: 4,
    respond: (socket, answer) => socket.end(ok(answer)),
  },
  { name: 'executed, connection reset', executes: true, weight: 4, respond: (socket) => socket.resetAndDestroy() },
  { name: 'executed, never answered', executes: true, weight: 4, respond: () => undefined },
  { name: 'not executed, never answered', executes: false, weight: 4, respond: () => undefined },
  { name: 'not executed, connection closed', executes: false, weight: 4, respond: (socket) => socket.end() },
  {
    name: 'executed, cut off',
    executes: true,
    weight: 4,
    respond: (socket, answer, random) => {
      const bytes = ok(answer);
      socket.write(bytes.slice(0, random.int(1, bytes.length - 1)), () => socket.destroy());
    },
  },
  {
    name: 'executed, shorter than it says',
    executes: true,
    weight: 3,
    respond: (socket, answer, random) => socket.write(http(200, answer.slice(0, random.int(0, answer.length)))),
  },
  { name: 'executed, empty', executes: true, weight: 3, respond: (socket) => socket.write(http(200, '', [])) },
  {
    name: 'executed, no data',
    executes: true,
    weight: 2,
    respond: (socket) => socket.write(http(200, '{"status":200,"message":"success","data":null}')),
  },
  {
    name: 'executed, web page',
    executes: true,
    weight: 3,
    respond: (socket) => socket.write(http(200, '<html>hi', ['content-type: text/html'])),
  },
  { name: 'executed, 500', executes: true, weight: 3, respond: (socket) => socket.write(http(500, '')) },
  { name: 'executed, 504', executes: true, weight: 2, respond: (socket) => socket.write(http(504, refusal(504))) },
  {
    name: 'executed, nonsense',
    executes: true,
    weight: 3,
    respond: (socket, _, random) => socket.end(`HT${'\u0000'.repeat(random.int(0, 9))}TP 1\r\n\r\n`),
  },
  {
    name: 'executed, status 999',
    executes: true,
    weight: 2,
    respond: (socket, answer) => socket.write(http(999, answer)),
  },
  {
    name: 'executed, switching protocols',
    executes: true,
    weight: 2,
    respond: (socket) => socket.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  },
  {
    name: 'executed, only a continue',
    executes: true,
    weight: 2,
    respond: (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
  },
  {
    name: 'executed, broken chunks',
    executes: true,
    weight: 2,
    respond: (socket) =>
      socket.write('HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n'),
  },
  {
    name: 'executed, broken compression',
    executes: true,
    weight: 2,
    respond: (socket, answer) =>
      socket.write(http(200, answer, ['content-type: application/json', 'content-encoding: gzip'])),
  },
  {
    name: 'executed, endless',
    executes: true,
    weight: 1,
    respond: (socket) => socket.write(http(200, 'x'.repeat(200_000))),
  },
  {
    name: 'executed, answered twice',
    executes: true,
    weight: 2,
    respond: (socket, answer) => socket.write(ok(answer) + ok(answer)),
  },
  { name: 'refused', executes: false, weight: 4, respond: (socket) => socket.write(http(200, refusal(400))) },
  {
    name: 'refused with its status',
    executes: false,
    weight: 3,
    respond: (socket) => socket.write(http(404, refusal(404))),
  },
  {
    name: 'too busy',
    executes: false,
    weight: 4,
    respond: (socket) => socket.write(http(429, refusal(429), ['content-type: application/json', 'retry-after: 0'])),
  },
  {
    name: 'too busy for long',
    executes: false,
    weight: 1,
    respond: (socket) => socket.write(http(429, '', ['retry-after: 30'])),
  },
];

const totalWeight = faults.reduce((sum, fault) => sum + fault.weight, 0);

function pickFault(random: SeededRandom): Fault {
  let rest = random.next() * totalWeight;
  for (const fault of faults) if ((rest -= fault.weight) < 0) return fault;
  throw new Error('weights do not add up');
}

/** A server on a bare socket that mistreats every request in another way, by chance from a seed. */
export class FaultServer {
  readonly #server: Server;
  readonly #random: SeededRandom;
  readonly #answer: AnswerTo;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** How often the request of each key was carried out. */
  readonly executions = new Map<string, number>();
  /** Names of the faults in the order they happened. */
  readonly log: string[] = [];

  private constructor(random: SeededRandom, answer: AnswerTo) {
    this.#random = random;
    this.#answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(random: SeededRandom, answer: AnswerTo): Promise<FaultServer> {
    const server = new FaultServer(random, answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.#random.chance(0.04)) {
      this.log.push('reset on connection');
      socket.resetAndDestroy();
      return;
    }
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let request = take(); request !== undefined; request = take()) this.#mistreat(socket, request);
    });
    const take = (): RawRequest | undefined => {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const head = received.slice(0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return undefined;
      const [method = '', url = ''] = head.split(' ');
      const body = received.slice(end + 4, end + 4 + length);
      received = received.slice(end + 4 + length);
      return { method, url, body };
    };
  }

  #mistreat(socket: Socket, request: RawRequest): void {
    const fault = pickFault(this.#random);
    this.log.push(fault.name);
    const { key, answer } = this.#answer(request);
    if (fault.executes) this.executions.set(key, (this.executions.get(key) ?? 0) + 1);
    fault.respond(socket, answer, this.#random, (action, delayMs) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        if (!socket.destroyed) action();
      }, delayMs);
      this.#timers.add(timer);
    });
  }
}
