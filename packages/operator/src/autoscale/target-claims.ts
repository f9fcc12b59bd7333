import {
  ECSMHpa,
  formatKey,
  isNotFoundError,
  keyOf,
  parseKey,
  type ObjectKey,
  type ResourceClients,
} from '@ecsm/api-types';
import { scaleTargetOf } from '@ecsm/planner';

/** Knows which autoscalers want which target, so that two on one are noticed. */
export class TargetClaims {
  readonly #targetByClaimant = new Map<string, string>();
  readonly #claimantsByTarget = new Map<string, Set<string>>();

  /** Takes in what an autoscaler wants; returns the others that want the same, as far as is known. */
  claim(hpa: ECSMHpa): readonly ObjectKey[] {
    const claimant = formatKey(keyOf(hpa));
    const target = scaleTargetOf(hpa);
    if (this.#targetByClaimant.get(claimant) !== target) {
      this.release(claimant);
      this.#targetByClaimant.set(claimant, target);
      this.#claimantsByTarget.set(target, (this.#claimantsByTarget.get(target) ?? new Set()).add(claimant));
    }
    return [...(this.#claimantsByTarget.get(target) ?? [])].filter((other) => other !== claimant).map(parseKey);
  }

  /** Forgets an autoscaler that is gone. */
  release(claimant: string): void {
    const target = this.#targetByClaimant.get(claimant);
    if (target === undefined) return;
    this.#targetByClaimant.delete(claimant);
    const claimants = this.#claimantsByTarget.get(target);
    claimants?.delete(claimant);
    if (claimants?.size === 0) this.#claimantsByTarget.delete(target);
  }

  /** The others that want the same target, each read fresh: what was noted of them may be out of date. */
  async rivalsOf(hpa: ECSMHpa, clients: ResourceClients): Promise<readonly ObjectKey[]> {
    const rivals: ObjectKey[] = [];
    for (const key of this.claim(hpa)) {
      try {
        const other = await clients.resource(ECSMHpa).get(key);
        this.claim(other);
        if (scaleTargetOf(other) === scaleTargetOf(hpa)) rivals.push(key);
      } catch (error) {
        if (!isNotFoundError(error)) throw error;
        this.release(formatKey(key));
      }
    }
    return rivals;
  }
}
