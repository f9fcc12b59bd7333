import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate for this machine that signs itself; with days below 0 it has ended already. */
export function selfSigned(parent: string, days: number): Certificate {
  const folder = mkdtempSync(join(parent, 'certificate-'));
  const [certFile, keyFile, request] = ['cert.pem', 'key.pem', 'request.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  openssl('req', ...key, ...subject, '-out', request);
  // `openssl x509` cannot set when a certificate begins and ends; `openssl ca` always could.
  const span = ['-startdate', openSslTime(-10), '-enddate', openSslTime(days)];
  const authority = ['-config', authorityConfiguration(folder), '-keyfile', keyFile];
  openssl('ca', '-batch', '-selfsign', '-notext', ...authority, ...span, '-in', request, '-out', certFile);
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function openSslTime(days: number): string {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${time.replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

function authorityConfiguration(folder: string): string {
  const path = join(folder, 'ca.conf');
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  writeFileSync(
    path,
    `[ca]
default_ca = own
[own]
new_certs_dir = ${folder}
database = ${folder}/index.txt
serial = ${folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
basicConstraints = CA:true
`,
  );
  return path;
}
