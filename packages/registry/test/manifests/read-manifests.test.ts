import { isManifestError, readManifests } from '@ecsm/registry/manifests';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../registry/helpers/failure-of.js';

const lease = (name: string): string =>
  `{"apiVersion": "ecsm.sh/v1", "kind": "Lease", "metadata": {"name": "${name}"}}`;

describe('readManifests', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manifests-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const names = async (path: string, options = {}): Promise<(string | undefined)[]> =>
    (await readManifests(path, options)).map(({ manifest }) => manifest?.metadata.name);

  it('reads a file of any name, and the manifests of a folder in order', async () => {
    await writeFile(join(folder, 'b.yaml'), lease('b'));
    await writeFile(join(folder, 'a.JSON'), lease('a'));
    await writeFile(join(folder, 'c.txt'), lease('c'));
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more', 'd.yml'), lease('d'));
    expect(await names(join(folder, 'c.txt'))).toEqual(['c']);
    expect(await names(folder)).toEqual(['a', 'b']);
    expect(await names(folder, { recursive: true })).toEqual(['a', 'b', 'd']);
    const [first] = await readManifests(folder);
    expect(first?.source.file).toBe(join(folder, 'a.JSON'));
  });

  it('reads the standard input, also when a character is cut between two chunks', async () => {
    const bytes = Buffer.from(lease('a').replace('}}', ', "labels": {"x": "é"}}}'));
    const cut = bytes.indexOf(0xc3) + 1;
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    }
    const [document] = await readManifests('-', { stdin: stdin() });
    expect(document?.manifest?.metadata.labels).toEqual({ x: 'é' });
  });

  it('says what cannot be read, and why', async () => {
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'latin1.yaml'), Buffer.from([0xe9, 0x0a]));
    for (const [path, message] of [
      [join(folder, 'nope.yaml'), /nope\.yaml: does not exist; name a manifest file, a folder of them, or -/],
      [join(folder, 'empty'), /holds no .yaml, .yml or .json file/],
      [join(folder, 'latin1.yaml'), /latin1\.yaml: cannot be read: it is no UTF-8 text/],
      ['/dev/zero', /zero: cannot be read: it is larger than 67108864 bytes/],
      ['-', /^\S+ standard input: cannot be read: there is no standard input/],
    ] as const) {
      const failure = await failureOf(readManifests(path));
      expect(failure).toSatisfy(isManifestError);
      expect(String(failure)).toMatch(message);
    }
  });

  it('a file of a folder that cannot be read spoils no other', async () => {
    await writeFile(join(folder, 'a.yaml'), lease('a'));
    await writeFile(join(folder, 'b.yaml'), Buffer.from([0xe9, 0x0a]));
    await symlink('nowhere', join(folder, 'c.yaml'));
    await mkdir(join(folder, 'd.yaml'));
    await writeFile(join(folder, 'e.yaml'), lease('e'));
    await symlink('/dev/zero', join(folder, 'f.yaml'));
    const documents = await readManifests(folder);
    expect(documents.map(({ source, manifest, error }) => [source.file, manifest?.metadata.name ?? error])).toEqual([
      [join(folder, 'a.yaml'), 'a'],
      [join(folder, 'b.yaml'), expect.objectContaining({ message: expect.stringMatching(/no UTF-8 text/) as string })],
      [join(folder, 'c.yaml'), expect.objectContaining({ message: expect.stringMatching(/ENOENT/) as string })],
      [join(folder, 'e.yaml'), 'e'],
      [
        join(folder, 'f.yaml'),
        expect.objectContaining({ message: expect.stringMatching(/no file but a pipe/) as string }),
      ],
    ]);
  });

  it('an empty file is an error in the result', async () => {
    await writeFile(join(folder, 'empty.yaml'), '');
    const [document] = await readManifests(join(folder, 'empty.yaml'));
    expect(document?.error?.message).toMatch(/empty.yaml, document 1 \(line 1\): holds no object/);
  });
});
