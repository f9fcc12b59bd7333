import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ECSMService } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { MemoryStore, Registry, type AnyManifest } from '@ecsm/registry';
import { decodeManifests } from '@ecsm/registry/manifests';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ManifestSync } from '../../src/daemon/manifests/manifest-sync.js';
import { LinesLogger } from '../helpers/lines-logger.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'manifests-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

function service(name: string, replicas = 1): string {
  return `apiVersion: ecsm.sh/v1
kind: ECSMService
metadata: {name: ${name}}
spec:
  deploymentStrategy: {type: Dynamic, replicas: ${replicas}, nodePool: [worker-1]}
  template: {image: web@1.0.0#sylixos}
`;
}

/** A folder that is kept in step, on a clock of its own; what the disk says of changes is not waited for. */
class Folder implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly registry = new Registry({ store: new MemoryStore({ clock: this.clock }), clock: this.clock });
  readonly log = new LinesLogger();
  readonly problems = new Map<string, string>();
  readonly sync: ManifestSync;
  mayWrite = true;

  constructor(path: string, options: { readonly prune?: boolean } = {}) {
    this.sync = new ManifestSync({
      registry: this.registry,
      path,
      operatorId: 'default',
      prune: options.prune ?? false,
      rescanMs: 60_000,
      log: this.log,
      clock: this.clock,
      mayWrite: () => this.mayWrite,
      onProblem: (file, problem) => {
        if (problem === undefined) this.problems.delete(file);
        else this.problems.set(file, problem);
      },
    });
  }

  /** Lets time pass, and what it sets going come to its end. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.clock.advance(Math.min(500, left));
      await this.sync.idle();
    }
  }

  async look(): Promise<void> {
    this.sync.poke();
    await this.pass(1);
  }

  async services(): Promise<readonly string[]> {
    const { items } = await this.registry.resource(ECSMService).list();
    return items.map(({ metadata, spec }) => `${metadata.name} ${spec.deploymentStrategy.replicas ?? 0}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sync.stop();
    await this.registry.close();
  }
}

describe('ManifestSync', () => {
  it('applies every file of a folder and what changes in it', async () => {
    await mkdir(join(root, 'deep'));
    await writeFile(join(root, 'a.yaml'), service('a'));
    await writeFile(join(root, 'deep', 'b.yml'), service('b'));
    await writeFile(join(root, 'notes.txt'), 'none');
    await using folder = new Folder(root);
    folder.sync.start();
    await folder.pass(1);
    expect(await folder.services()).toEqual(['a 1', 'b 1']);
    await writeFile(join(root, 'a.yaml'), service('a', 3));
    await writeFile(join(root, 'c.yaml'), service('c'));
    await folder.look();
    expect(await folder.services()).toEqual(['a 3', 'b 1', 'c 1']);
    expect(folder.log.lines).toContainEqual(expect.stringContaining('ecsmservice/a configured'));
  });

  it('writes nothing and logs nothing while nothing changes', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await using folder = new Folder(root, { prune: true });
    folder.sync.start();
    await folder.pass(1);
    const revision = await folder.registry.store.revision();
    const lines = folder.log.lines.length;
    await folder.pass(600_000);
    expect(await folder.registry.store.revision()).toBe(revision);
    expect(folder.log.lines).toHaveLength(lines);
  });

  it('prunes also what somebody else has applied meanwhile, whose manifest knows nothing of the mark', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await writeFile(join(root, 'b.yaml'), service('b'));
    await using folder = new Folder(root, { prune: true });
    const seen: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      const events = folder.registry.resource(ECSMService).watch({ signal: stop.signal });
      for await (const event of events)
        if (event.type !== 'bookmark') seen.push(`${event.type} ${event.object.metadata.name}`);
    })();
    folder.sync.start();
    await folder.pass(1);
    // In one step each: whoever has seen the object may write its status.
    expect(seen).toEqual(['added a', 'added b']);
    stop.abort();
    await watching;
    const [manifest] = decodeManifests(service('a', 4));
    await folder.registry.applyAll([manifest?.manifest as AnyManifest]);
    expect(await folder.services()).toEqual(['a 4', 'b 1']);
    await rm(join(root, 'a.yaml'));
    await folder.pass(120_000);
    expect(await folder.services()).toEqual(['b 1']);
  });

  it('tells once what is wrong with a file, spoils no other, tries again, and tells when it is good', async () => {
    const bad = join(root, 'bad.yaml');
    await writeFile(bad, 'apiVersion: ecsm.sh/v1\nkind: [');
    await writeFile(join(root, 'good.yaml'), service('good'));
    await using folder = new Folder(root);
    folder.sync.start();
    await folder.pass(30_000);
    expect(await folder.services()).toEqual(['good 1']);
    expect([...folder.problems.keys()]).toEqual([bad]);
    expect(folder.problems.get(bad)).toMatch(/bad\.yaml, document 1 \(line \d, column \d+\)/);
    expect(folder.log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
    await writeFile(bad, service('better'));
    // Without a poke: the retry finds it.
    await folder.pass(60_000);
    expect(await folder.services()).toEqual(['better 1', 'good 1']);
    expect(folder.problems.size).toBe(0);
    expect(folder.log.lines).toContainEqual(expect.stringContaining('good again'));
  });

  it('names a file it may not read, a link that leads nowhere, a device, a text that is none, and a path that is not there', async () => {
    await symlink(join(root, 'nowhere'), join(root, 'link.yaml'));
    await symlink('/dev/zero', join(root, 'zero.yaml'));
    await writeFile(join(root, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    await using folder = new Folder(root);
    folder.sync.start();
    await folder.pass(1);
    expect(folder.problems.get(join(root, 'link.yaml'))).toContain('ENOENT');
    expect(folder.problems.get(join(root, 'zero.yaml'))).toContain('no file but a pipe');
    expect(folder.problems.get(join(root, 'bytes.yaml'))).toContain('cannot be read');
    await using missing = new Folder(join(root, 'missing'));
    missing.sync.start();
    await missing.pass(1);
    expect(missing.problems.get(join(root, 'missing'))).toContain('cannot be read');
    await mkdir(join(root, 'missing'));
    await writeFile(join(root, 'missing', 'a.yaml'), service('a'));
    await missing.pass(60_000);
    expect(await missing.services()).toEqual(['a 1']);
    expect(missing.problems.size).toBe(0);
  });

  it('prunes what it applied and is in no file any more, after a while, and nothing else', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await writeFile(join(root, 'b.yaml'), service('b'));
    await using folder = new Folder(root, { prune: true });
    await folder.registry.resource(ECSMService).apply({
      apiVersion: 'ecsm.sh/v1',
      kind: 'ECSMService',
      metadata: { name: 'by-hand', namespace: 'default' },
      spec: {
        deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['worker-1'] },
        template: { image: 'web@1' },
      },
    });
    folder.sync.start();
    await folder.pass(1);
    await rm(join(root, 'b.yaml'));
    await folder.look();
    expect(await folder.services()).toEqual(['a 1', 'b 1', 'by-hand 1']);
    await folder.pass(4000);
    expect(await folder.services()).toEqual(['a 1', 'by-hand 1']);
    expect(folder.log.lines).toContainEqual(expect.stringContaining('ecsmservice/b pruned'));
  });

  it('prunes nothing while a checkout swaps files, a file is bad, or the folder is empty', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await writeFile(join(root, 'b.yaml'), service('b'));
    await using folder = new Folder(root, { prune: true });
    folder.sync.start();
    await folder.pass(1);
    // Gone for a moment only.
    await rename(join(root, 'b.yaml'), join(root, 'b.tmp'));
    await folder.look();
    await rename(join(root, 'b.tmp'), join(root, 'b.yaml'));
    await folder.pass(10_000);
    expect(await folder.services()).toEqual(['a 1', 'b 1']);
    // Gone, but perhaps into the file that cannot be read.
    await rm(join(root, 'b.yaml'));
    await writeFile(join(root, 'a.yaml'), 'kind: [');
    await folder.pass(120_000);
    expect(await folder.services()).toEqual(['a 1', 'b 1']);
    await rm(join(root, 'a.yaml'));
    await folder.pass(120_000);
    expect(await folder.services()).toEqual(['a 1', 'b 1']);
    expect(folder.problems.get(root)).toContain('holds no .yaml');
  });

  it('leaves a deletion of the last document of a file to the prune as well', async () => {
    await writeFile(join(root, 'all.yaml'), `${service('a')}---\n${service('b')}`);
    await using folder = new Folder(root, { prune: true });
    folder.sync.start();
    await folder.pass(1);
    await writeFile(join(root, 'all.yaml'), service('a'));
    await folder.look();
    await folder.pass(4000);
    expect(await folder.services()).toEqual(['a 1']);
  });

  it('puts back what others deleted with the next look, and leaves what others changed until the file changes', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await writeFile(join(root, 'b.yaml'), service('b'));
    await using folder = new Folder(root);
    folder.sync.start();
    await folder.pass(1);
    const services = folder.registry.resource(ECSMService).namespace('default');
    await services.delete('a');
    await services.scale('b', 5);
    await folder.pass(121_000);
    expect(await folder.services()).toEqual(['a 1', 'b 5']);
    await writeFile(join(root, 'b.yaml'), service('b', 2));
    await folder.look();
    expect(await folder.services()).toEqual(['a 1', 'b 2']);
  });

  it('does nothing while this process may not write', async () => {
    await writeFile(join(root, 'a.yaml'), service('a'));
    await using folder = new Folder(root);
    folder.mayWrite = false;
    folder.sync.start();
    await folder.pass(120_000);
    expect(await folder.services()).toEqual([]);
    folder.mayWrite = true;
    await folder.look();
    expect(await folder.services()).toEqual(['a 1']);
  });
});
