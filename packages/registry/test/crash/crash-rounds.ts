import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

import { SeededRandom } from '@ecsm/api-types/testing';

import { SqliteStore, type StoreEntry, type StoreEvent } from '../../src/index.js';
import { bundleWriter } from './bundle-writer.js';
import { Journal, readTestimony, type Acknowledged, type Intent, type KnownState, type Testimony } from './journal.js';

/** What a crash test found. */
export interface CrashReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Commits that were under way at a kill and turned out to have happened. */
  readonly finished: number;
  readonly problems: readonly string[];
}

/** Options of {@link runCrashRounds}. */
export interface CrashOptions {
  readonly path: string;
  readonly rounds: number;
  readonly seed: number;
  readonly writers?: number;
  readonly onRound?: (round: number, report: CrashReport) => void;
}

/**
 * Lets several processes write into one store, kills them at random moments, opens the store and compares it with what
 * was acknowledged; again and again on the same file.
 */
export async function runCrashRounds(options: CrashOptions): Promise<CrashReport> {
  const { path, rounds, seed, writers = 3 } = options;
  const random = new SeededRandom(seed);
  const program = await bundleWriter();
  const journal = new Journal();
  let report: CrashReport = { rounds: 0, acknowledged: 0, finished: 0, problems: [] };
  for (let round = 1; round <= rounds; round++) {
    const testimonies = await Promise.all(
      Array.from({ length: writers }, (_, index) =>
        writeAndKill(program, path, `w${index}`, Math.floor(random.next() * 2 ** 31), random.next() * 150),
      ),
    );
    const found = await verify(path, journal, testimonies);
    report = {
      rounds: round,
      acknowledged: report.acknowledged + testimonies.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      finished: report.finished + found.finished,
      problems: [...report.problems, ...found.problems.map((problem) => `round ${round}: ${problem}`)],
    };
    options.onRound?.(round, report);
    if (report.problems.length > 0) break;
  }
  await rm(program, { force: true });
  return report;
}

/** Kills a writer so many milliseconds after its first word, that is at any point of opening, committing or waiting. */
async function writeAndKill(
  program: string,
  path: string,
  writer: string,
  seed: number,
  afterMs: number,
): Promise<Testimony> {
  const child = spawn(process.execPath, [program, path, writer, String(seed)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  setTimeout(() => child.kill('SIGKILL'), afterMs);
  await closed;
  if (child.signalCode !== 'SIGKILL') throw new Error(`writer ${writer} (seed ${seed}) ended by itself: ${complaint}`);
  return readTestimony(output);
}

async function verify(
  path: string,
  journal: Journal,
  testimonies: readonly Testimony[],
): Promise<{ readonly finished: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  await using store = await SqliteStore.open({ path });
  problems.push(...(await store.checkIntegrity()).map((problem) => `integrity: ${problem}`));
  if (store.revisionsLost !== undefined) problems.push(`reports lost revisions ${JSON.stringify(store.revisionsLost)}`);
  const { revision, entries } = await store.list({ kind: 'notes' });
  for (const { acknowledged } of testimonies) for (const commit of acknowledged) problems.push(...journal.add(commit));
  const byKey = new Map(entries.map((entry) => [JSON.stringify(entry.key), entry]));
  const finished = testimonies.flatMap(({ open }) => (open === undefined ? [] : findFinished(open, byKey, problems)));
  for (const commit of finished) problems.push(...journal.add(commit));
  for (const { open = [] } of testimonies) {
    for (const [key, uid] of open) if (uid === null && mayHaveHappened(open, byKey)) journal.mayBeDeleted(key);
  }
  for (const state of journal.states()) {
    const entry = byKey.get(JSON.stringify(state.key));
    if (entry === undefined && state.mayBeDeleted) journal.wasDeleted(state.key);
    else problems.push(...compare(state, entry));
  }
  journal.endRound();
  if (revision < journal.newest) problems.push(`the store is at ${revision}, acknowledged was ${journal.newest}`);
  problems.push(...(await compareWatch(store, revision, byKey)));
  return { finished: finished.length, problems };
}

/** A commit that was under way: all of its keys tell of it, or none (deletions tell nothing). */
function findFinished(
  open: Intent,
  byKey: ReadonlyMap<string, StoreEntry>,
  problems: string[],
): readonly Acknowledged[] {
  const puts = open.filter(([, uid]) => uid !== null);
  const found = puts
    .map(([key, uid]) => ({ entry: byKey.get(JSON.stringify(key)), uid }))
    .filter(({ entry, uid }) => entry?.uid === uid);
  const [first] = found;
  if (first?.entry === undefined) return [];
  const { revision } = first.entry;
  if (found.some(({ entry }) => entry?.revision !== revision)) problems.push(`half a commit: ${JSON.stringify(open)}`);
  // Keys that another writer has changed since are newer than this commit.
  for (const [key, uid] of open) {
    const entry = byKey.get(JSON.stringify(key));
    const isReplaced = entry !== undefined && entry.revision > revision;
    if (uid !== null && entry?.uid !== uid && !isReplaced && entry !== undefined) {
      problems.push(`half a commit: ${JSON.stringify(open)} left ${JSON.stringify(key)} at ${entry.revision}`);
    }
  }
  return [{ revision, intent: open }];
}

/** Whether nothing speaks against it: keys that only this writer writes hold what it was about to write. */
function mayHaveHappened(open: Intent, byKey: ReadonlyMap<string, StoreEntry>): boolean {
  return open.every(
    ([key, uid]) => uid === null || key.namespace === 'crash' || byKey.get(JSON.stringify(key))?.uid === uid,
  );
}

function compare(state: KnownState, entry: StoreEntry | undefined): readonly string[] {
  const name = `${state.key.namespace}/${state.key.name}`;
  if (entry !== undefined && entry.revision > state.revision) return [];
  if (state.uid === null) return entry === undefined ? [] : [`${name} is back after its deletion at ${state.revision}`];
  if (entry === undefined) return [`${name} of revision ${state.revision} is gone`];
  return entry.uid === state.uid && entry.revision === state.revision
    ? []
    : [`${name} is ${entry.uid} at ${entry.revision}, acknowledged was ${state.uid} at ${state.revision}`];
}

/** What a watcher puts together from the log must be what is stored. */
async function compareWatch(
  store: SqliteStore,
  revision: number,
  byKey: ReadonlyMap<string, StoreEntry>,
): Promise<readonly string[]> {
  const { compactRevision } = await store.stats();
  const problems: string[] = [];
  let last = compactRevision;
  const take = (event: StoreEvent): void => {
    if (event.revision < last) problems.push(`watch went back from ${last} to ${event.revision}`);
    last = event.revision;
    if (event.type !== 'put') return;
    if (byKey.get(JSON.stringify(event.entry.key))?.revision !== event.entry.revision) {
      problems.push(`watch tells ${JSON.stringify(event.entry.key)} at ${event.entry.revision}, which is not stored`);
    }
  };
  for await (const event of store.watch({
    kind: 'notes',
    afterRevision: compactRevision,
    progressIntervalMs: 60_000,
  })) {
    if (event.type === 'progress') break;
    take(event);
  }
  if (last > revision) problems.push(`watch is at ${last}, the store at ${revision}`);
  return problems;
}
