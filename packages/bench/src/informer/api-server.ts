import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A running API server. */
export interface ApiServer extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:40001`. */
  readonly url: string;
}

/** Starts a process that serves objects as a Kubernetes API server does. */
export async function startApiServer(objects: number): Promise<ApiServer> {
  const child = fork(fileURLToPath(new URL('run-api-server-worker.js', import.meta.url)), [String(objects)]);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the API server ended with code ${code ?? 'none'}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exited;
    },
  };
}
