import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

describe('a platform behind https', () => {
  let line: CommandLine;
  let server: Server;

  beforeAll(async () => {
    line = await CommandLine.create();
    server = createServer(
      {
        key: await readFile(fixture('server-key.pem')),
        cert: await readFile(fixture('server.pem')),
        ca: await readFile(fixture('ca.pem')),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (_request, response) => {
        const node = {
          id: 'n1',
          name: 'worker-1',
          address: '10.0.0.1:1112',
          status: 'online',
          type: 'linux',
          tls: false,
          createdTime: '',
        };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            status: 200,
            message: 'success',
            data: { total: 1, pageNum: 1, pageSize: 100, list: [node] },
          }),
        );
      },
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await line.ok('config', 'set-context', 'bare', '--platform-url', url);
    await line.ok('config', 'set-context', 'known', '--platform-url', url, '--ca-file', fixture('ca.pem'));
    const own = ['--cert-file', fixture('client.pem'), '--key-file', fixture('client-key.pem')];
    await line.ok('config', 'set-context', 'full', '--platform-url', url, '--ca-file', fixture('ca.pem'), ...own);
    await line.ok('config', 'set-context', 'lost', '--platform-url', url, '--ca-file', 'nowhere.pem');
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await line[Symbol.asyncDispose]();
  });

  const get = (context: string) =>
    line.run(['get', 'nodes', '-o', 'name', '--context', context, '--request-timeout', '5s'], {
      env: { ECSMCTL_PLATFORM_URL: '' },
    });

  it('is reached with the certificates of the context', async () => {
    expect(await get('full')).toEqual({
      code: 0,
      stdout: 'node/worker-1\n',
      stderr: '',
    });
  });

  it.each(['bare', 'known'])('is not reached with the context %s, which lacks some', async (context) => {
    const { code, stdout, stderr } = await get(context);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: [^\n]+\n(hint: [^\n]+\n)?$/);
  });

  it('says which certificate cannot be read', async () => {
    const { code, stderr } = await get('lost');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: [^\n]*nowhere\.pem/);
  });
});
