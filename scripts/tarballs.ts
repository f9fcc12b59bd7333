/** The packages as they would be published: which there are, their tarballs, and projects that install those. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pnpmCommand, root } from './setup.mjs';

/** What is read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package of this workspace. */
export interface WorkspacePackage extends Manifest {
  /** Its folder below `packages`. */
  readonly folder: string;
  /** What can be imported: its sources and what they are built into. */
  readonly exports: Readonly<Record<string, string | { readonly '@ecsm/source': string }>>;
}

/** A command that ended, with what it printed. */
export interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a command to its end and keeps its output back. */
export function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: status === 0, output: error === undefined ? `${stdout}${stderr}` : error.message };
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The packages that are published, in order of their names. */
export function publicPackages(): readonly WorkspacePackage[] {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((folder) => ({
      folder,
      ...(readManifest(join(root, 'packages', folder)) as Omit<WorkspacePackage, 'folder'>),
    }))
    .filter((manifest) => manifest.private !== true);
}

/** Packs a package into a folder; `tarball` is its file, if packing worked. Needs a build. */
export function pack({ folder }: WorkspacePackage, target: string): Ended & { readonly tarball: string | undefined } {
  const [pnpm = 'pnpm', ...pnpmArgs] = pnpmCommand();
  mkdirSync(target, { recursive: true });
  const before = new Set(readdirSync(target));
  const ended = run(join(root, 'packages', folder), pnpm, [...pnpmArgs, 'pack', '--pack-destination', target]);
  const file = readdirSync(target).find((each) => each.endsWith('.tgz') && !before.has(each));
  return { ...ended, tarball: file === undefined ? undefined : join(target, file) };
}

/** Packs every public package; `file:` addresses by package name. */
export function packAll(target: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    publicPackages().map((each) => {
      const { tarball, output } = pack(each, target);
      if (tarball === undefined)
        throw new Error(`${each.name} could not be packed: run npm run build first\n${output}`);
      return [each.name, `file:${tarball}`];
    }),
  );
}

/** Makes a folder a project that depends on `direct` packages of ours; these too get ours from tarballs. */
export function writeProject(
  folder: string,
  manifest: object,
  tarballs: Readonly<Record<string, string>>,
  direct: readonly string[],
): void {
  mkdirSync(folder, { recursive: true });
  const given = manifest as { readonly dependencies?: object };
  const dependencies = { ...given.dependencies, ...Object.fromEntries(direct.map((name) => [name, tarballs[name]])) };
  const content = { private: true, type: 'module', ...manifest, dependencies, overrides: tarballs };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(content, undefined, 2));
}

/** How npm installs such a project. */
export const npmInstall = ['install', '--no-audit', '--no-fund', '--loglevel=error'] as const;
