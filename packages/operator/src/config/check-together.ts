import type { Listen, Settings } from './settings.js';

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host) || host === '::ffff:127.0.0.1';
}

const pairs = [
  ['platformCertFile', 'platformKeyFile', '--platform-cert-file and --platform-key-file'],
  ['listenCertFile', 'listenKeyFile', '--listen-cert-file and --listen-key-file'],
] as const;

/** Finds settings that make no sense together, in words. */
export function checkTogether(settings: Settings): readonly string[] {
  const problems: string[] = [];
  for (const [one, other, names] of pairs) {
    if ((settings[one] === undefined) !== (settings[other] === undefined)) problems.push(`${names} need each other`);
  }
  if (settings.listenClientCaFile !== undefined && settings.listenCertFile === undefined) {
    problems.push('--listen-client-ca-file needs --listen-cert-file and --listen-key-file');
  }
  if (settings.prune && settings.manifests === undefined) problems.push('--prune needs --manifests');
  const guarded =
    settings.listenToken !== undefined ||
    settings.listenTokenFile !== undefined ||
    settings.listenClientCaFile !== undefined;
  for (const [flag, where] of [
    ['--health', settings.health],
    ['--metrics', settings.metrics],
  ] satisfies [string, Listen | undefined][]) {
    if (where !== undefined && !isLoopback(where.host) && !guarded) {
      problems.push(
        `${flag} ${where.host}:${where.port} can be reached from other machines: give a token (--listen-token-file) or ` +
          'ask readers for certificates (--listen-client-ca-file), or listen on 127.0.0.1',
      );
    }
  }
  return problems;
}
