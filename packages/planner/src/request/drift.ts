import type { ECSMService, ServiceTemplate } from '@ecsm/api-types';
import { parseImageReference } from '@ecsm/api-types';
import type { ServiceDetail } from '@ecsm/ecsm-client';

import { canonicalJson } from '../naming/canonical-json.js';
import { shortHash } from '../naming/short-hash.js';
import { isRecord } from '../internal/json.js';
import type { ServiceIdentity } from '../naming/service-identity.js';
import { toPlatformImage } from './to-platform-request.js';

/** A field of a live service that differs from what the object says. */
export interface Drift {
  /** Path in the platform's service, such as `image.config.hostname`. */
  readonly field: string;
  /** Value on the platform; secrets are masked. */
  readonly live: unknown;
  /** Value the object asks for; secrets are masked. */
  readonly wanted: unknown;
}

/** Options of {@link imageDrift}. */
export interface DriftOptions {
  readonly identity: ServiceIdentity;
  readonly template: ServiceTemplate;
  readonly upgradeStrategy?: ECSMService['spec']['upgradeStrategy'];
  /** Image that the platform's own upgrade has put in the place of the template's. */
  readonly upgradedTo?: string;
}

const secret = /password/i;

function compare(field: string, live: unknown, wanted: unknown): readonly Drift[] {
  if (canonicalJson(live ?? null) === canonicalJson(wanted ?? null)) return [];
  if (isRecord(live) && isRecord(wanted)) {
    const keys = [...new Set([...Object.keys(live), ...Object.keys(wanted)])];
    return keys.flatMap((key) => compare(`${field}.${key}`, live[key], wanted[key]));
  }
  return secret.test(field) ? [{ field, live: '***', wanted: '***' }] : [{ field, live, wanted }];
}

/** Whether two references name the same image apart from its tag, which the platform's own upgrade moves. */
function differOnlyInTag(a: string, b: string): boolean {
  const [left, right] = [parseImageReference(a), parseImageReference(b)];
  return left !== undefined && right !== undefined && left.name === right.name && left.os === right.os;
}

/**
 * Where the image part of a live service differs from what the template says, field by field.
 *
 * Only fields that the object names are compared: the rest belongs to the image, the platform, or whoever set it there.
 * The tag is the platform's while its own upgrade is on, and the mark is never drift.
 */
export function imageDrift(detail: ServiceDetail, options: DriftOptions): readonly Drift[] {
  const { template, upgradeStrategy } = options;
  const { image: live } = detail;
  const os = parseImageReference(live.ref)?.os ?? 'sylixos';
  const wanted = toPlatformImage({ ...options, os, base: live.config, live, marked: false }).image;
  const upgrades = upgradeStrategy !== undefined && upgradeStrategy.type !== 'Never';
  const sameImage = upgrades && differOnlyInTag(live.ref, wanted.ref);
  return [
    ...(sameImage ? [] : compare('image.ref', live.ref, wanted.ref)),
    ...compare('image.action', live.action, wanted.action),
    // A platform that leaves out what was not said means its own default.
    ...(live.autoUpgrade === undefined && wanted.autoUpgrade === 'Never'
      ? []
      : compare('image.autoUpgrade', live.autoUpgrade, wanted.autoUpgrade)),
    ...(template.imagePullPolicy === undefined || live.pullPolicy === undefined
      ? []
      : compare('image.pullPolicy', live.pullPolicy, wanted.pullPolicy)),
    ...compare('image.vsoa', live.vsoa, wanted.vsoa),
    ...compare('image.config', live.config, wanted.config),
  ];
}

/** Names a field together with the value it has on the platform, so that only that value can be let pass. */
export function driftKey({ field, live }: Drift): string {
  return `${field}=${shortHash([canonicalJson(live ?? null)])}`;
}

function show(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Drift in words; environment values may be secrets and are left out. */
export function describeDrift(drift: readonly Drift[]): string {
  return drift
    .map(({ field, live, wanted }) =>
      /\benv\b/.test(field) ? `${field} differs` : `${field} is ${show(live)} instead of ${show(wanted)}`,
    )
    .join('; ');
}
