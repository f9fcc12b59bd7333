import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { UsageError } from '../../src/config/usage-error.js';
import { readListenerGuard } from '../../src/daemon/listener-guard.js';
import { healthPage, jsonPage, StatusServer, type Page } from '../../src/daemon/status-server.js';
import { selfSigned, type Certificate } from '../helpers/certificates.js';
import { settingsOf } from '../helpers/settings-of.js';

let root = '';
let certificate: Certificate;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'listener-'));
  certificate = selfSigned(root, 30);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const pages = new Map<string, Page>([
  ['/good', healthPage(async () => ({ ok: true, checks: [{ name: 'a', ok: true }] }))],
  ['/bad', healthPage(async () => ({ ok: false, checks: [{ name: 'b', ok: false, reason: 'the disk is full' }] }))],
  ['/broken', jsonPage(() => Promise.reject(new Error('no luck')))],
  ['/debug', { ...jsonPage(async () => ({ inner: true })), loopbackOnly: true }],
]);

const here = { host: '127.0.0.1', port: 0 };
const everywhere = { host: '0.0.0.0', port: 0 };

function get(url: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, url.replace('0.0.0.0', '127.0.0.1')), { headers });
}

describe('StatusServer', () => {
  it('shows pages, says what there is, and takes nothing but reads', async () => {
    await using server = await StatusServer.listen(here, pages, {});
    const good = await get(server.url, '/good?verbose');
    expect([good.status, await good.text()]).toEqual([200, '[+] a ok\nhealthy\n']);
    const bad = await get(server.url, '/bad');
    expect([bad.status, await bad.text()]).toEqual([503, '[-] b failed: the disk is full\nnot healthy\n']);
    const broken = await get(server.url, '/broken');
    expect([broken.status, await broken.text()]).toEqual([500, 'failed: no luck\n']);
    expect(await (await get(server.url, '/')).text()).toBe('there is /good, /bad, /broken, /debug\n');
    expect((await get(server.url, '/debug')).status).toBe(200);
    expect((await fetch(`${server.url}/good`, { method: 'POST' })).status).toBe(405);
  });

  it('asks for the token beyond loopback, and keeps /debug to this machine', async () => {
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, 'geheim\n');
    const guard = await readListenerGuard(await settingsOf('--listen-token-file', tokenFile));
    await using server = await StatusServer.listen(everywhere, pages, guard);
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'geheim' }]) {
      const refused = await get(server.url, '/good', headers);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    const shown = { authorization: 'Bearer geheim' };
    expect((await get(server.url, '/good', shown)).status).toBe(200);
    expect((await get(server.url, '/debug', shown)).status).toBe(404);
    server.setGuard({ token: 'another' });
    expect((await get(server.url, '/good', shown)).status).toBe(401);
    await using open = await StatusServer.listen(here, pages, guard);
    expect((await get(open.url, '/good')).status).toBe(200);
  });

  it('speaks TLS beyond loopback, and asks readers for a certificate where it has their authority', async () => {
    const { certFile, keyFile, cert, key } = certificate;
    const flags = ['--listen-cert-file', certFile, '--listen-key-file', keyFile, '--listen-client-ca-file', certFile];
    await using server = await StatusServer.listen(
      everywhere,
      pages,
      await readListenerGuard(await settingsOf(...flags)),
    );
    expect(server.url).toMatch(/^https:/);
    const ask = (own: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const url = `${server.url.replace('0.0.0.0', '127.0.0.1')}/good`;
        requestTls(url, { ca: cert, ...own }, (answer) => resolve(answer.resume().statusCode ?? 0))
          .on('error', reject)
          .end();
      });
    expect(await ask({ cert, key })).toBe(200);
    await expect(ask({})).rejects.toThrow();
  });

  it('names the file that holds no token, and a token that is none', async () => {
    const empty = join(root, 'empty');
    await writeFile(empty, ' \n');
    await expect(readListenerGuard(await settingsOf('--listen-token-file', empty))).rejects.toThrow(
      `${empty} is empty`,
    );
    const missing = readListenerGuard(await settingsOf('--listen-token-file', join(root, 'none')));
    await expect(missing).rejects.toThrow('--listen-token-file');
    await writeFile(empty, 'two words');
    const bad = readListenerGuard(await settingsOf('--listen-token-file', empty));
    await expect(bad).rejects.toThrow(`--listen-token-file ${empty}: the token must be one word`);
    const ofVariable = readListenerGuard({ ...(await settingsOf()), listenToken: 'two words' });
    await expect(ofVariable).rejects.toThrow('the variable ECSM_OPERATOR_LISTEN_TOKEN: the token must be one word');
  });

  it('names the files that are no certificate and its key', async () => {
    const { certFile } = certificate;
    const { keyFile } = selfSigned(root, 30);
    const guard = readListenerGuard(await settingsOf('--listen-cert-file', certFile, '--listen-key-file', keyFile));
    await expect(guard).rejects.toThrow(UsageError);
    await expect(guard).rejects.toThrow(
      `--listen-cert-file ${certFile} and --listen-key-file ${keyFile} are no certificate and its key (PEM)`,
    );
  });
});
