import type { Settings } from './settings.js';

/**
 * What a profile puts in place of the defaults, as texts by setting.
 *
 * `tiny` is for machines with a few dozen MB of memory and links that are paid by the byte. The flags of Node that belong
 * to it cannot be set from within: docs/guides/operate.md names them, with what they save.
 */
export const profiles: Readonly<Record<Settings['profile'], Partial<Record<keyof Settings, string>>>> = {
  default: {},
  tiny: {
    workers: '1',
    pollIntervalMs: '60s',
    movingPollIntervalMs: '5s',
    detailIntervalMs: '1h',
    detailLimit: '20',
    requestTimeoutMs: '20s',
    manifestsRescanMs: '5m',
    backupKeep: '2',
  },
};
