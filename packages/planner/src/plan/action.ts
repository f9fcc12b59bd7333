import type { ServiceTemplate } from '@ecsm/api-types';

/** One template in the role it plays for a plan. */
export interface TargetRevision {
  /** Hash that names it. */
  readonly hash: string;
  readonly template: ServiceTemplate;
  /** Whether it is an earlier revision that a failed rollout has returned to. */
  readonly rolledBack: boolean;
  /** Image that the platform's own upgrade has put in the place of the template's. */
  readonly upgradedTo?: string;
}

/** Something to do on the platform now. */
export type Action =
  /** Create a platform service; all of its instances at once. */
  | {
      readonly type: 'create';
      readonly name: string;
      readonly revision: TargetRevision;
      readonly nodes: readonly string[];
      /** Instances of a Dynamic service. */
      readonly factor?: number;
      readonly reason: string;
    }
  /** Change a platform service; what is not named stays as it is. */
  | {
      readonly type: 'update';
      readonly id: string;
      readonly name: string;
      readonly rename?: string;
      readonly nodes?: readonly string[];
      readonly factor?: number;
      readonly policy?: 'static' | 'dynamic';
      /**
       * What becomes of the image part: `keep` sends back what is there, `correct` lays the template over what is there,
       * `replace` lays it over the image's own configuration.
       */
      readonly image: 'keep' | 'correct' | 'replace';
      /** Nodes that it leaves for a while, so that certain instances go. */
      readonly leaves?: readonly string[];
      readonly revision: TargetRevision;
      /** Why, as a CamelCase word for events. */
      readonly cause: UpdateCause;
      readonly reason: string;
    }
  /** Delete a platform service with its instances. */
  | {
      readonly type: 'destroy';
      readonly id: string;
      readonly name: string;
      readonly cause: DestroyCause;
      readonly reason: string;
    }
  /** Set the instances of a platform service going again. */
  | {
      readonly type: 'act';
      readonly verb: 'start' | 'unpause';
      readonly id: string;
      readonly name: string;
      readonly reason: string;
    };

/** Why a platform service is changed. */
export const updateCauses = ['Scale', 'Rollout', 'DriftCorrected', 'Heal'] as const;
/** One of {@link updateCauses}. */
export type UpdateCause = (typeof updateCauses)[number];

/** Why a platform service is deleted. */
export const destroyCauses = ['Deleted', 'ScaledToZero', 'Rollout', 'Twin'] as const;
/** One of {@link destroyCauses}. */
export type DestroyCause = (typeof destroyCauses)[number];

/** Something to wait for before the plan can go on. */
export interface Wait {
  readonly type: 'dependencies' | 'instances' | 'gone' | 'minReady' | 'grace' | 'paused' | 'room';
  readonly message: string;
  /** Milliseconds of observed time after which looking again is worth it; without it, when the platform changes. */
  readonly recheckMs?: number;
}

/** Something that must be read before a plan can be made. */
export interface Need {
  readonly type: 'detail' | 'containers';
  readonly id: string;
  /** What must be read, in words. */
  readonly message: string;
}
