import type { Clock } from '@ecsm/api-types';

import type { RandomSource } from '../cluster/random-source.js';
import {
  faultPresets,
  type FaultFigures,
  type FaultKind,
  type FaultPlan,
  type FaultPreset,
  type FaultRule,
  type FaultScript,
} from './fault-plan.js';

/** What is to happen to one request. */
export interface FaultVerdict {
  /** Time before anything else happens. */
  readonly delayMs: number;
  /** Absent: the request is served. */
  readonly strike?: FaultStrike;
}

/** A fault that strikes one request. */
export interface FaultStrike extends FaultFigures {
  readonly kind: Exclude<FaultKind, 'delay'>;
}

interface ArmedRule {
  readonly rule: FaultRule | FaultScript;
  readonly matches: (method: string, path: string) => boolean;
  /** Matching requests so far. */
  seen: number;
  /** Times it struck. */
  struck: number;
}

/** Decides the fate of each request by the plan; the same seed and requests lead to the same fates. */
export class FaultInjector {
  readonly #clock: Clock;
  readonly #random: RandomSource;
  #plan: FaultPlan = {};
  #rules: readonly ArmedRule[] = [];
  #startedMs = 0;
  #outage: { readonly untilMs: number; readonly kind: 'lost' | 'reset' } | undefined;
  #second = { startMs: 0, requests: 0 };

  constructor(clock: Clock, random: RandomSource, plan: FaultPlan | FaultPreset = {}) {
    this.#clock = clock;
    this.#random = random;
    this.setPlan(plan);
  }

  /** The plan in force. */
  get plan(): FaultPlan {
    return this.#plan;
  }

  /** Replaces the plan; counts of skipped requests and strikes begin anew. `{}` ends all faults. */
  setPlan(plan: FaultPlan | FaultPreset): void {
    this.#plan = typeof plan === 'string' ? faultPresets[plan] : plan;
    this.#rules = (this.#plan.rules ?? []).map((rule) => ({
      rule,
      matches: routeMatcher(rule.route),
      seen: 0,
      struck: 0,
    }));
    this.#startedMs = this.#clock.monotonicNow();
    this.#outage = undefined;
  }

  /** Makes the platform unreachable from now on for a while; 0 ends an outage. */
  startOutage(lastMs: number, kind: 'lost' | 'reset' = 'lost'): void {
    this.#outage = { untilMs: this.#clock.monotonicNow() + lastMs, kind };
  }

  /**
   * Decides about a request.
   *
   * @param path - without the prefix of the API
   */
  judge(method: string, path: string): FaultVerdict {
    const nowMs = this.#clock.monotonicNow();
    const { latencyMs = 0, jitterMs = 0, requestsPerSecond } = this.#plan;
    let delayMs = this.#spread(latencyMs, jitterMs);
    const outage = this.#outageAt(nowMs);
    if (outage !== undefined) return { delayMs, strike: { kind: outage } };
    if (requestsPerSecond !== undefined && this.#isOverLimit(nowMs, requestsPerSecond)) {
      return { delayMs, strike: { kind: 'rateLimit' } };
    }
    for (const armed of this.#rules) {
      if (!armed.matches(method, path)) continue;
      const kind = this.#draw(armed);
      if (kind === undefined) continue;
      const { rule } = armed;
      if (kind !== 'delay') return { delayMs, strike: { ...rule, kind } };
      delayMs += this.#spread(rule.delayMs ?? 0, rule.jitterMs ?? 0);
    }
    return { delayMs };
  }

  #draw(armed: ArmedRule): FaultKind | undefined {
    const { rule } = armed;
    const index = armed.seen++;
    if ('script' in rule) {
      const word = rule.script[index];
      return word === 'none' ? undefined : word;
    }
    if (index < (rule.skip ?? 0) || armed.struck >= (rule.times ?? Infinity)) return undefined;
    const { probability = 1 } = rule;
    if (probability < 1 && this.#random.fraction() >= probability) return undefined;
    armed.struck++;
    return rule.kind;
  }

  #outageAt(nowMs: number): 'lost' | 'reset' | undefined {
    if (this.#outage !== undefined && nowMs < this.#outage.untilMs) return this.#outage.kind;
    const { outages } = this.#plan;
    if (outages === undefined) return undefined;
    const sinceMs = nowMs - this.#startedMs - (outages.firstAfterMs ?? outages.everyMs);
    return sinceMs >= 0 && sinceMs % outages.everyMs < outages.lastMs ? (outages.kind ?? 'lost') : undefined;
  }

  #isOverLimit(nowMs: number, limit: number): boolean {
    if (nowMs - this.#second.startMs >= 1000) this.#second = { startMs: nowMs, requests: 0 };
    return ++this.#second.requests > limit;
  }

  #spread(meanMs: number, jitterMs: number): number {
    if (jitterMs === 0) return meanMs;
    return Math.max(0, meanMs + (this.#random.fraction() * 2 - 1) * jitterMs);
  }
}

/** Compiles `POST /service`, `/container/*` or `GET *` to a test of method and path. */
function routeMatcher(route = '*'): (method: string, path: string) => boolean {
  const [, method, path = '*'] = /^(?:([A-Z]+)\s+)?(\S+)$/.exec(route) ?? [];
  const pattern = path
    .split('*')
    .map((part) => part.replace(/[.?+^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const expression = new RegExp(`^${pattern}$`);
  return (actualMethod, actualPath) => (method === undefined || method === actualMethod) && expression.test(actualPath);
}
