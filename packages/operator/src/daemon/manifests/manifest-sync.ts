import {
  formatKey,
  isNotFoundError,
  keyOf,
  systemClock,
  type ApiObject,
  type Clock,
  type Stored,
  type Timer,
} from '@ecsm/api-types';
import type { Logger } from '@ecsm/controller-runtime';
import type { ApplyAllResult, Registry } from '@ecsm/registry';

import { messageLine } from '../../internal/message-line.js';
import { FolderWatch } from './folder-watch.js';
import { readManifestFiles, type ManifestFiles, type ManifestText } from './manifest-files.js';
import { appliedByLabel, Pruner } from './pruner.js';

/** Options of {@link ManifestSync}. */
export interface ManifestSyncOptions {
  readonly registry: Registry;
  /** A folder, or a file. */
  readonly path: string;
  /** Marks what is applied, so that nothing else is ever pruned. */
  readonly operatorId: string;
  /** Whether what was applied and is no longer in the files is deleted. */
  readonly prune: boolean;
  /** How often everything is looked at without having heard of a change, in milliseconds. */
  readonly rescanMs: number;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Whether this process may write now. */
  readonly mayWrite: () => boolean;
  /** Told what became of an object, when something did. */
  readonly onApplied?: (name: string, outcome: 'created' | 'configured' | 'pruned') => void;
  /** Told what is wrong with a file, and with `undefined` when it is good again. */
  readonly onProblem?: (path: string, problem: string | undefined) => void;
  /** Told after every look how many files there are. */
  readonly onLooked?: (good: number, bad: number) => void;
}

/** How long nothing must have changed before files are read, so that none is caught half-written: milliseconds. */
const quietMs = 250;
/** How long a stream of changes can hold off reading: milliseconds. */
const patienceMs = 5000;
/** The first pause before a failure is tried again; it doubles up to the time between looks: milliseconds. */
const retryMs = 1000;
/** Who applies the mark; what files say is applied by the same manager as `ecsmctl apply` is. */
const markManager = 'ecsm.sh/manifests';
/** How long an object must be missing from the files before it is pruned: milliseconds. */
const pruneDelayMs = 3000;

/**
 * Keeps the registry in step with a folder of manifests.
 *
 * - A change is noticed within a second, at the latest with the next look; a file that is being written, renamed by an
 *   editor or swapped by a checkout is read once it has come to rest.
 * - A bad file spoils no other: what is wrong with it is told once, what was applied from it before stays, and it is
 *   tried again with pauses that grow.
 * - What was deleted by others is put back; what others changed stays until the file changes; then the file wins.
 * - What it prunes bears its mark, has been missing for a while, and no file is bad or unreadable at the time.
 */
export class ManifestSync implements AsyncDisposable {
  readonly #options: ManifestSyncOptions;
  readonly #clock: Clock;
  readonly #watch: FolderWatch;
  readonly #pruner: Pruner;
  /** Each file that was applied whole: its hash, and what it declares. */
  readonly #applied = new Map<string, { readonly hash: string; readonly objects: readonly Stored<ApiObject>[] }>();
  /** What is wrong with files, by path. */
  readonly #problems = new Map<string, string>();
  #rescanMs: number;
  #timer: Timer | undefined;
  #firstHeardMs: number | undefined;
  #lookedAtMs = -Infinity;
  #failures = 0;
  #looking: Promise<void> | undefined;
  #heardMeanwhile = false;
  #stopped = false;

  constructor(options: ManifestSyncOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#rescanMs = options.rescanMs;
    this.#pruner = new Pruner(options.registry, options.operatorId, pruneDelayMs, this.#clock);
    this.#watch = new FolderWatch(
      () => this.#heard(),
      (problem) => options.log.warn({ problem }, 'changes of manifests are not heard of; they are looked for instead'),
    );
  }

  /** What is wrong, by file. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    while (this.#looking !== undefined) await this.#looking;
  }

  /** Begins, at once. */
  start(): void {
    this.#wakeIn(0);
  }

  /** Changes how often everything is looked at. */
  setRescan(rescanMs: number): void {
    this.#rescanMs = rescanMs;
    this.poke();
  }

  /** Looks at everything as soon as possible, for instance because this process may write now. */
  poke(): void {
    this.#lookedAtMs = -Infinity;
    if (this.#looking === undefined) this.#wakeIn(0);
    else this.#heardMeanwhile = true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#watch[Symbol.dispose]();
    await this.idle();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #heard(): void {
    if (this.#looking !== undefined) {
      this.#heardMeanwhile = true;
      return;
    }
    const now = this.#clock.monotonicNow();
    this.#firstHeardMs ??= now;
    this.#wakeIn(Math.max(0, Math.min(quietMs, this.#firstHeardMs + patienceMs - now)));
  }

  #wakeIn(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#firstHeardMs = undefined;
      this.#looking = this.#look()
        .catch((error: unknown) => {
          this.#failures++;
          this.#options.log.error({ error: messageLine(error) }, 'the manifests could not be applied');
        })
        .finally(() => {
          this.#looking = undefined;
          this.#planNext();
        });
    }, delayMs);
  }

  #planNext(): void {
    if (this.#heardMeanwhile) {
      this.#heardMeanwhile = false;
      this.#heard();
      return;
    }
    const troubled = this.#failures > 0;
    const retry = troubled ? Math.min(this.#rescanMs, retryMs * 2 ** Math.min(this.#failures - 1, 20)) : this.#rescanMs;
    this.#wakeIn(this.#pruner.isWaiting ? Math.min(retry, pruneDelayMs) : retry);
  }

  async #look(): Promise<void> {
    const { path, mayWrite, onLooked } = this.#options;
    const found = await readManifestFiles(path);
    this.#watch.set(found.folders);
    if (!mayWrite()) return;
    const now = this.#clock.monotonicNow();
    // Now and then all files, since objects can be deleted by others. What others change stays until the file changes: an
    // autoscaler is one of them.
    const all = now - this.#lookedAtMs >= this.#rescanMs;
    if (all) this.#lookedAtMs = now;
    this.#judge(path, found.problem);
    let failed = found.problem === undefined ? 0 : 1;
    for (const file of found.files) {
      if (this.#stopped || !mayWrite()) return;
      const before = this.#applied.get(file.path);
      if (before?.hash === file.hash && (!all || (await this.#areThere(before.objects)))) continue;
      const problem = file.text === undefined ? file.problem : await this.#apply(file);
      this.#judge(file.path, problem);
      if (problem === undefined) continue;
      failed++;
      this.#applied.delete(file.path);
    }
    this.#forgetMissing(found);
    if (failed === 0 && this.#options.prune) await this.#prune();
    this.#failures = failed === 0 ? 0 : this.#failures + 1;
    onLooked?.(found.files.length - this.#problems.size + (found.problem === undefined ? 0 : 1), this.#problems.size);
  }

  /** Applies a file; returns what is wrong with it. */
  async #apply(file: ManifestText): Promise<string | undefined> {
    const { registry, operatorId } = this.#options;
    const { decodeManifests, describeSource } = await import('@ecsm/registry/manifests');
    const problems: string[] = [];
    const objects: Stored<ApiObject>[] = [];
    for (const { manifest, error, source } of decodeManifests(file.text, { file: file.path })) {
      if (manifest === undefined) {
        problems.push(messageLine(error));
        continue;
      }
      const { metadata } = manifest;
      const labels = { ...metadata.labels, [appliedByLabel]: operatorId };
      const [result] = await registry.applyAll([{ ...manifest, metadata: { ...metadata, labels } }], { force: true });
      if (result === undefined || result.outcome === 'skipped') continue;
      const kept = result.outcome === 'failed' ? result : await this.#keepMark(result.object);
      if (kept?.outcome === 'failed') problems.push(`${describeSource(source)}: ${messageLine(kept.error)}`);
      if (result.outcome === 'failed') continue;
      objects.push(result.object);
      if (result.outcome !== 'unchanged') this.#tell(result.object, result.outcome);
    }
    if (problems.length > 0) return problems.join('; ');
    this.#applied.set(file.path, { hash: file.hash, objects });
    this.#pruner.declared(file.path, objects);
    return undefined;
  }

  /**
   * Applies the mark once more on behalf of nobody else, so that it stays when somebody applies a manifest without it. The
   * object has it already and does not change by this.
   */
  async #keepMark({ apiVersion, kind, metadata }: Stored<ApiObject>): Promise<ApplyAllResult | undefined> {
    const { registry, operatorId } = this.#options;
    const { name, namespace } = metadata;
    const labels = { [appliedByLabel]: operatorId };
    const mark = { apiVersion, kind, metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) } };
    const [result] = await registry.applyAll([mark], { manager: markManager, force: true });
    return result;
  }

  async #areThere(objects: readonly Stored<ApiObject>[]): Promise<boolean> {
    const { registry } = this.#options;
    for (const object of objects) {
      try {
        await registry.client(registry.scheme.kindOf(object)).get(keyOf(object));
      } catch (error) {
        if (isNotFoundError(error)) return false;
        throw error;
      }
    }
    return true;
  }

  async #prune(): Promise<void> {
    for (const object of await this.#pruner.prune()) this.#tell(object, 'pruned');
  }

  #forgetMissing(found: ManifestFiles): void {
    const paths = new Set(found.files.map(({ path }) => path));
    for (const path of this.#applied.keys()) if (!paths.has(path)) this.#applied.delete(path);
    for (const path of this.#problems.keys()) {
      if (!paths.has(path) && path !== this.#options.path) this.#judge(path, undefined);
    }
    // Without the whole, nobody knows what is missing.
    if (found.problem === undefined) this.#pruner.keepOnly(paths);
  }

  /** Tells what is wrong with a file when that is news. */
  #judge(path: string, problem: string | undefined): void {
    const before = this.#problems.get(path);
    if (before === problem) return;
    if (problem === undefined) this.#problems.delete(path);
    else this.#problems.set(path, problem);
    this.#options.onProblem?.(path, problem);
    if (problem === undefined) this.#options.log.info({ file: path }, 'the manifests of this file are good again');
    else
      this.#options.log.error({ file: path, problem }, 'this file of manifests cannot be applied; it is tried again');
  }

  #tell(object: Stored<ApiObject>, outcome: 'created' | 'configured' | 'pruned'): void {
    const { kind, metadata } = object;
    const name = `${kind.toLowerCase()}/${metadata.name}`;
    this.#options.log.info({ object: formatKey(keyOf(object)), outcome }, `${name} ${outcome}`);
    this.#options.onApplied?.(name, outcome);
  }
}
