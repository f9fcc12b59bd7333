import { systemClock, type Clock, type ObjectKey, type Timer } from '@ecsm/api-types';
import {
  isEcsmClientError,
  isNotFoundError,
  SeenPages,
  type Clientset,
  type ContainerRow,
  type ListOptions,
  type ServiceDetail,
  type ServiceFilter,
  type ServiceRow,
} from '@ecsm/ecsm-client';
import type { Logger } from '@ecsm/controller-runtime';
import { numbersProblem, parsePlatformServiceName, type ObservedService } from '@ecsm/planner';

import { messageLine } from '../internal/message-line.js';
import { CloserLooks } from './closer-looks.js';
import { withoutLost } from './lost-containers.js';
import { DetailRotation, roundMsOf, type DetailPace, type DetailPaceOnLink } from './detail-rotation.js';
import type { Observation, PollRecord, Reachability } from './observation.js';
import { ObservedTime } from './observed-time.js';
import { EmptyList } from './empty-list.js';
import { ServiceCache, stemsOf } from './service-cache.js';
import { TrackedObjects } from './tracked-objects.js';
import { UnreadableServiceError } from './unreadable-service-error.js';

/** How often the platform is looked at. */
export interface PollIntervals {
  /**
   * Milliseconds between two looks while nothing moves.
   *
   * @defaultValue `30_000`
   */
  readonly restIntervalMs?: number;
  /**
   * Milliseconds between two looks while something moves.
   *
   * @defaultValue `2_000`, or `10_000` on a link whose answers take longer than half a second
   */
  readonly movingIntervalMs?: number;
}

/** Options of {@link PlatformObserver}. */
export interface PlatformObserverOptions extends PollIntervals, DetailPace {
  readonly clientset: Clientset;
  readonly log: Logger;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Asks for a run of an object whose platform services have changed. */
  readonly onChange: (key: ObjectKey, reason: string) => void;
  /** Told when the platform stops answering, has not answered for long, and answers again. */
  readonly onReachability?: (state: Reachability) => void;
  /** Told, once its mark was read, of a service that belongs to no object which is followed. */
  readonly onUnclaimed?: (service: ObservedService) => void;
  /** Hears of every look after its end. */
  readonly onPoll?: (record: PollRecord) => void;
}

/** An outage this long is written on every object: milliseconds. */
const longOutageMs = 120_000;
/** Answers slower than this make a link slow: milliseconds. */
const slowAnswerMs = 500;
const slowLinkIntervalMs = 10_000;
/** The most marks read after one look, so that a platform full of strangers holds nothing up. */
const marksPerLook = 10;
const defaultRestIntervalMs = 30_000;
const defaultMovingIntervalMs = 2000;

/**
 * The one pair of eyes on the platform: a single poll of the service list serves every reconcile.
 *
 * It looks every 30 s at rest and every 2 s while something moves. A change of a row runs the object it belongs to; our
 * own writes are taken in at once, and a list that was begun before a write never undoes it.
 */
export class PlatformObserver {
  readonly #options: PlatformObserverOptions;
  #intervals: PollIntervals;
  #lookedAtMs: number | undefined;
  readonly #clock: Clock;
  /** Pages of the list as they came last time: at rest nearly all are the same, and need not be read. */
  readonly #seen = new SeenPages();
  readonly #cache = new ServiceCache((id) => this.#seen.want(id));
  readonly #time: ObservedTime;
  readonly #empty = new EmptyList();
  readonly #tracked = new TrackedObjects();
  readonly #moving = new Set<string>();
  /** Services that nobody claims by their names, and whose marks have yet to be read. */
  readonly #unclaimed = new Set<string>();
  /** Services whose detail should be read at the next run of their object. */
  readonly #detailDue = new Set<string>();
  readonly #stopping = new AbortController();
  #reachability: Reachability = { state: 'unknown' };
  #timer: Timer | undefined;
  #nextPollMs = 0;
  #polling: Promise<void> | undefined;
  #slow = false;
  #polls = 0;
  /** What was wrong with a row of the last list, if anything was. */
  #unreadable: string | undefined;
  readonly #rotation = new DetailRotation();
  readonly #closer: CloserLooks;
  /** What details are known by, for as long as anybody has them. */
  readonly #digests = new WeakMap<ServiceDetail, string>();
  #detailPace: DetailPace;

  constructor(options: PlatformObserverOptions) {
    this.#options = options;
    this.#intervals = options;
    this.#detailPace = options;
    this.#clock = options.clock ?? systemClock;
    this.#time = new ObservedTime(this.#clock);
    this.#closer = new CloserLooks({
      clientset: options.clientset,
      signal: this.#stopping.signal,
      observedMs: () => this.observedMs,
      now: () => this.#clock.monotonicNow(),
      onSame: (id, asOfMs) => this.#cache.keepDetail(id, asOfMs),
      onOther: (id) => this.#lookCloser(id),
    });
  }

  /** Milliseconds during which the platform was observed. */
  get observedMs(): number {
    return this.#time.nowMs;
  }

  /** Milliseconds within which everything is looked at closely once, as far as the limit allows. */
  get roundMs(): number {
    return roundMsOf(this.#pace);
  }

  get reachability(): Reachability {
    return this.#reachability;
  }

  /** Whether the list has been read once. */
  get hasSynced(): boolean {
    return this.#polls > 0;
  }

  /** How many complete looks there have been. */
  get polls(): number {
    return this.#polls;
  }

  /** Milliseconds of observed time for which what is not listed is not to be taken for gone, since nothing at all is listed. */
  get doubtMs(): number {
    return this.#empty.doubtMs(this.observedMs);
  }

  /** The objects that are followed. */
  get keys(): readonly ObjectKey[] {
    return this.#tracked.keys;
  }

  /** Platform services known. */
  get size(): number {
    return this.#cache.size;
  }

  /** What is known, in figures. */
  get observation(): Observation {
    const at = this.#lookedAtMs;
    const age = at === undefined ? {} : { ageMs: this.#clock.monotonicNow() - at };
    return { services: this.#cache.size, moving: this.#moving.size, ...age };
  }

  /** Changes how often it looks; a look that is planned for later than that comes earlier. */
  setIntervals(intervals: PollIntervals): void {
    this.#intervals = intervals;
    const dueMs = this.#clock.monotonicNow() + this.#intervalMs;
    if (this.#timer !== undefined && dueMs < this.#nextPollMs) this.#schedule(this.#intervalMs);
  }

  /** Changes how many closer looks there are. */
  setDetailPace(pace: DetailPace): void {
    this.#detailPace = pace;
  }

  /** Begins to look, at once. */
  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    await this.#polling;
    await this.#closer.ended();
  }

  /** Whose object the services with a hash in their names belong to; and those with the ids. */
  track(key: ObjectKey, stem: string, ids: readonly (string | undefined)[]): void {
    this.#tracked.set(key, stem, ids);
  }

  /** Forgets an object that is gone. */
  untrack(stem: string): void {
    this.#tracked.delete(stem);
    this.setMoving(stem, false);
  }

  /** Says whether something of an object moves, so that looks are frequent while anything does. */
  setMoving(stem: string, moving: boolean): void {
    if (!moving) {
      this.#moving.delete(stem);
      return;
    }
    this.#moving.add(stem);
    const dueMs = this.#clock.monotonicNow() + this.#intervalMs;
    if (dueMs < this.#nextPollMs && this.#polling === undefined) this.#schedule(this.#intervalMs);
  }

  /** Takes a service to carry a mark that an earlier operator has seen, so that a start need not read all details at once. */
  presume(id: string, mark: string): void {
    this.#cache.presume(id, mark);
  }

  /** Whether it is only presumed whose mark a service carries: it must be read before anything is done that hurts. */
  isPresumed(id: string): boolean {
    return this.#cache.isPresumed(id);
  }

  /** What is known of the services of an object. */
  servicesOf(stem: string, ids: readonly (string | undefined)[]): readonly ObservedService[] {
    return this.#cache.find(stem, ids);
  }

  /** Whether a service of this name is known. */
  hasName(name: string): boolean {
    const stem = parsePlatformServiceName(name)?.s8;
    return stem !== undefined && this.#cache.find(stem).some((service) => service.name === name);
  }

  /** Runs every object that is followed. */
  tellAll(reason: string): void {
    for (const key of this.keys) this.#options.onChange(key, reason);
  }

  /** Whether the detail of a service should be read now. */
  isDetailDue(id: string): boolean {
    return this.#detailDue.has(id);
  }

  /** Milliseconds since the detail of a service was last read. */
  detailAgeMs(id: string): number {
    const readMs = this.#cache.detailReadMs(id);
    return readMs === undefined ? Infinity : this.#clock.monotonicNow() - readMs;
  }

  /** Has the detail of a service read at the next run of its object. */
  wantDetail(id: string): void {
    this.#closer.forget(id);
    this.#detailDue.add(id);
  }

  /**
   * Notes how a run left a service. One that was content with it as this detail shows it, and waits for nothing, need not be
   * repeated while nothing is said of the service and the detail stays as it is.
   */
  concluded(id: string, content: ServiceDetail | undefined): void {
    const digest = content === undefined ? undefined : this.#digests.get(content);
    if (digest === undefined || this.#detailDue.has(id)) this.#closer.forget(id);
    else this.#closer.settle(id, digest);
  }

  /**
   * Reads the detail of a service; `undefined` when it is gone.
   *
   * @throws UnreadableServiceError when what it says makes no sense
   */
  async readDetail(id: string, signal?: AbortSignal): Promise<ObservedService | undefined> {
    const asOfMs = this.#clock.monotonicNow();
    let detail: ServiceDetail;
    let digest: string | undefined;
    const onDigest = (text: string): void => void (digest = text);
    try {
      const options = signal === undefined ? { onDigest } : { onDigest, signal };
      detail = await this.#options.clientset.services.get(id, options);
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
      this.takeGone(id);
      return undefined;
    }
    const problem = numbersProblem(detail);
    if (problem !== undefined) throw new UnreadableServiceError(detail.name, problem);
    this.#detailDue.delete(id);
    if (digest !== undefined) this.#digests.set(detail, digest);
    return this.#cache.takeDetail(detail, asOfMs, this.observedMs);
  }

  /** Reads the containers of a service. */
  async readContainers(id: string, signal?: AbortSignal): Promise<readonly ContainerRow[]> {
    const rows: ContainerRow[] = [];
    const { containers, nodes } = this.#options.clientset;
    for await (const row of containers.allByServices([id], {}, signal === undefined ? {} : { signal })) rows.push(row);
    return withoutLost(rows, this.#cache.get(id)?.online ?? 0, nodes, signal);
  }

  /**
   * Looks for the services whose names contain a text, which is far cheaper than the whole list.
   *
   * @throws UnreadableServiceError when one of them cannot be read, since then nobody knows what is there
   */
  async lookFor(text: string, signal?: AbortSignal): Promise<void> {
    const asOfMs = this.#clock.monotonicNow();
    const shown = new Set<string>();
    let unreadable: string | undefined;
    const onUnreadable = (problem: string): void => void (unreadable = problem);
    for await (const row of this.#rows({ name: text }, signal === undefined ? {} : { signal }, onUnreadable)) {
      shown.add(row.id);
      if (this.#cache.takeRow(row, asOfMs, this.observedMs) === 'same') continue;
      this.#closer.forget(row.id);
      this.#seen.want(row.id);
    }
    if (unreadable !== undefined) throw new UnreadableServiceError(`like ${text}`, unreadable);
    for (const service of this.#cache.containing(text)) if (!shown.has(service.id)) this.takeGone(service.id);
  }

  /** Takes in what we have just written ourselves. */
  takeWrite(service: ObservedService): void {
    this.#closer.forget(service.id);
    this.#cache.takeWrite(service, this.#clock.monotonicNow());
  }

  /** A service was told to go. */
  takeLeaving(id: string): void {
    this.#closer.forget(id);
    this.#cache.takeLeaving(id, this.#clock.monotonicNow());
  }

  /** A service turned out to be gone. */
  takeGone(id: string): void {
    this.#closer.forget(id);
    this.#cache.forget(id);
    this.#detailDue.delete(id);
  }

  get #pace(): DetailPaceOnLink {
    return { ...this.#detailPace, isSlow: this.#slow };
  }

  get #intervalMs(): number {
    const { restIntervalMs, movingIntervalMs } = this.#intervals;
    const rest = restIntervalMs ?? defaultRestIntervalMs;
    if (this.#moving.size === 0) return rest;
    return Math.min(rest, movingIntervalMs ?? (this.#slow ? slowLinkIntervalMs : defaultMovingIntervalMs));
  }

  #schedule(delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer?.cancel();
    this.#nextPollMs = this.#clock.monotonicNow() + delayMs;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#polling = this.#poll().finally(() => {
        this.#polling = undefined;
        this.#schedule(this.#intervalMs);
      });
    }, delayMs);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const asOfMs = this.#clock.monotonicNow();
    const shown = new Set<string>();
    const news = new Map<string, ObservedService>();
    let unreadable: string | undefined;
    const onUnreadable = (problem: string): void => void (unreadable = problem);
    const onUnchanged = (ids: readonly string[]): void => {
      for (const id of ids) shown.add(id);
    };
    try {
      for await (const row of this.#rows({}, { signal, seen: this.#seen, onUnchanged }, onUnreadable)) {
        shown.add(row.id);
        const what = this.#cache.takeRow(row, asOfMs, this.observedMs);
        if (what !== 'same') this.#closer.forget(row.id);
        if (what === 'touched') this.#detailDue.add(row.id);
        const service = this.#cache.get(row.id);
        // How long it has been leaving decides about it as well.
        if (service?.leaving === true) this.#seen.want(row.id);
        if (what !== 'same' && service !== undefined) news.set(row.id, service);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failed(error);
      this.#options.onPoll?.({ durationMs: this.#clock.monotonicNow() - asOfMs, error });
      return;
    }
    this.#lookedAtMs = this.#clock.monotonicNow();
    this.#slow = this.#lookedAtMs - asOfMs > slowAnswerMs * Math.max(1, Math.ceil(shown.size / 100));
    this.#time.looked(this.#intervalMs);
    this.#noteUnreadable(unreadable);
    // A row that cannot be read is no proof that its service is gone.
    const isProof = unreadable === undefined && !this.#isDoubtful(shown.size);
    const missing = isProof ? this.#cache.forgetMissing(shown, asOfMs) : [];
    for (const service of missing) {
      this.#closer.forget(service.id);
      this.#detailDue.delete(service.id);
      news.set(service.id, service);
    }
    // Nothing is planned before it is known whose the services are that somebody has renamed.
    if (this.#polls === 0) await this.#readMarks(news.values());
    this.#polls++;
    this.#options.onPoll?.({ durationMs: this.#lookedAtMs - asOfMs });
    this.#answered();
    for (const service of news.values()) this.#tell(service, 'the platform service changed');
    this.#rotate();
    if (this.#polls > 1) await this.#readMarks(news.values());
  }

  /** The rows of a list that make sense; of the others it is told what is wrong. */
  async *#rows(
    filter: ServiceFilter,
    options: ListOptions,
    onUnreadable: (problem: string) => void,
  ): AsyncGenerator<ServiceRow, void, undefined> {
    const onBadRow: ListOptions['onBadRow'] = ({ problem }) => onUnreadable(problem);
    for await (const row of this.#options.clientset.services.all(filter, { ...options, onBadRow })) {
      const problem = numbersProblem(row);
      if (problem === undefined) yield row;
      else {
        // The same page next time is no reason to think better of it.
        this.#seen.want(row.id);
        onUnreadable(`${row.name}: ${problem}`);
      }
    }
  }

  /** Whether a list hides more than what was told to go. */
  #isDoubtful(shown: number): boolean {
    const before = this.doubtMs;
    this.#empty.looked(shown, this.observedMs);
    if (this.doubtMs === 0 || !this.#cache.hasStaying) return false;
    if (before === 0) {
      const { size } = this.#cache;
      this.#options.log.warn({ services: size }, 'the platform lists no service any more; believed if it lasts 10 s');
    }
    return true;
  }

  #noteUnreadable(problem: string | undefined): void {
    if (problem !== undefined && this.#unreadable === undefined) {
      this.#options.log.warn({ problem }, 'the platform lists a service that cannot be read; none is taken for gone');
    }
    this.#unreadable = problem;
  }

  /** Has the details read that were read longest ago, a few at a time. */
  #rotate(): void {
    let count = this.#rotation.take(this.#cache.size, this.observedMs, this.#pace);
    const due: string[] = [];
    for (const service of this.#cache.byDetailAge()) {
      if (count === 0) break;
      if (this.#tracked.ownersOf(service).length === 0) {
        // At the first look most objects are not followed yet.
        if (service.mark !== undefined || this.#polls === 1) continue;
        this.#unclaimed.add(service.id);
      } else if (this.#closer.canTell(service.id)) due.push(service.id);
      else this.#lookCloser(service.id);
      count--;
    }
    this.#closer.look(due);
  }

  /** Has an object run that looks at the detail of a service. */
  #lookCloser(id: string): void {
    const service = this.#cache.get(id);
    if (service === undefined) return;
    this.#detailDue.add(id);
    this.#tell(service, 'it is time for a closer look');
  }

  /**
   * Reads, once and a few at a time, the marks of services that nobody claims: one may be ours that somebody has renamed, or
   * that was left behind.
   */
  async #readMarks(news: Iterable<ObservedService>): Promise<void> {
    for (const service of news) {
      if (service.mark === undefined && stemsOf(service).length === 0) this.#unclaimed.add(service.id);
    }
    for (const id of [...this.#unclaimed].slice(0, marksPerLook)) {
      try {
        const service = await this.readDetail(id, this.#stopping.signal);
        this.#unclaimed.delete(id);
        if (service === undefined) continue;
        this.#tell(service, 'a platform service with its mark was found');
        if (this.#tracked.ownersOf(service).length === 0) this.#options.onUnclaimed?.(service);
      } catch (error) {
        const isPlatforms = isEcsmClientError(error) || error instanceof UnreadableServiceError;
        if (!isPlatforms && !this.#stopping.signal.aborted) throw error;
        // The next look is as good, and begins with others: one that can never be read holds nobody up.
        this.#unclaimed.delete(id);
        this.#unclaimed.add(id);
        return;
      }
    }
  }

  #tell(service: ObservedService, reason: string): void {
    for (const key of this.#tracked.ownersOf(service)) this.#options.onChange(key, reason);
  }

  #answered(): void {
    if (this.#reachability.state === 'reachable') return;
    const was = this.#reachability;
    this.#reachability = { state: 'reachable' };
    if (was.state === 'unreachable') this.#options.log.info({}, 'the platform answers again');
    this.#options.onReachability?.(this.#reachability);
  }

  #failed(error: unknown): void {
    this.#time.failed();
    const was = this.#reachability;
    const nowMs = this.#clock.monotonicNow();
    const sinceMs = was.state === 'unreachable' ? was.sinceMs : nowMs;
    const long = nowMs - sinceMs >= longOutageMs;
    this.#reachability = { state: 'unreachable', sinceMs, message: messageLine(error), long };
    if (was.state !== 'unreachable') {
      this.#options.log.warn({ error: messageLine(error) }, 'the platform does not answer');
    }
    if (was.state !== 'unreachable' || was.long !== long) this.#options.onReachability?.(this.#reachability);
  }
}
