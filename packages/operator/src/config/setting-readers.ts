import { checkLabelName } from '@ecsm/api-types';

import { parseDuration } from './duration.js';
import type { Listen } from './settings.js';

/** What a setting's text means, or why it means nothing. */
export type Reading<T> = { readonly value: T } | { readonly rule: string };

/** Types of plain values in the configuration file. */
export type FieldType = 'string' | 'integer' | 'number' | 'boolean';

/** What a field of the configuration file may hold, in words of JSON Schema. */
export interface FieldSchema {
  readonly type: FieldType | readonly FieldType[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** How a setting is read: from its text everywhere, and by type in the file. */
export interface Reader<T> {
  readonly read: (text: string) => Reading<T>;
  /** Holds for everything that `read` takes; what it cannot say, such as the least of a duration, `read` refuses. */
  readonly schema: FieldSchema;
}

/** Any text but none. */
export const text: Reader<string> = {
  read: (value) => (value === '' ? { rule: 'must not be empty' } : { value }),
  schema: { type: 'string', minLength: 1 },
};

/** A switch; a flag without a value turns it on. */
export const truth: Reader<boolean> = {
  read: (value) => {
    if (value === 'true' || value === '') return { value: true };
    return value === 'false' ? { value: false } : { rule: 'must be true or false' };
  },
  schema: { type: 'boolean' },
};

const durationPattern = String.raw`(?=.*[1-9])(?:\d+(?:\.\d+)?(?:ms|s|m|h))+`;

/** The longest time a setting may say: 24 days, for Node's own timers fire at once beyond 24.8. */
const longestMs = 24 * 86_400_000;

/** A time of at least so many milliseconds. */
export function duration(leastMs = 1): Reader<number> {
  return {
    read: (value) => {
      const ms = parseDuration(value);
      if (ms === undefined || ms <= 0) return { rule: 'must be a duration such as 30s, 500ms or 2m' };
      if (ms > longestMs) return { rule: `must be at most ${longestMs / 3_600_000}h` };
      return ms < leastMs ? { rule: `must be at least ${leastMs / 1000}s` } : { value: ms };
    },
    schema: { type: 'string', pattern: `^${durationPattern}$` },
  };
}

/** A whole number within bounds. */
export function count(least: number, most: number): Reader<number> {
  return {
    read: (value) => {
      const number = Number(value);
      return /^\d+$/.test(value) && number >= least && number <= most
        ? { value: number }
        : { rule: `must be a whole number from ${least} to ${most}` };
    },
    schema: { type: 'integer', minimum: least, maximum: most },
  };
}

/** A number above 0. */
export const factor: Reader<number> = {
  read: (value) => {
    const number = Number(value);
    return value.trim() !== '' && number > 0 && Number.isFinite(number)
      ? { value: number }
      : { rule: 'must be a number above 0' };
  },
  schema: { type: 'number', exclusiveMinimum: 0 },
};

const byteUnits = { '': 1, k: 1000, M: 1e6, Ki: 1024, Mi: 1024 ** 2 } as const;

/** An amount of data, such as `500k` or `2Mi`; a part of a byte counts as one. */
export const bytes: Reader<number> = {
  read: (value) => {
    const match = /^(\d+(?:\.\d+)?)(k|M|Ki|Mi)?$/.exec(value);
    const amount = Number(match?.[1]) * byteUnits[(match?.[2] ?? '') as keyof typeof byteUnits];
    return amount > 0 ? { value: Math.ceil(amount) } : { rule: 'must be an amount of bytes such as 500k or 2Mi' };
  },
  // A number beyond these bounds is written with an exponent.
  schema: {
    type: ['string', 'number'],
    pattern: String.raw`^(?=.*[1-9])\d+(?:\.\d+)?(?:k|M|Ki|Mi)?$`,
    minimum: 1e-6,
    exclusiveMaximum: 1e21,
  },
};

/** One of a few words. */
export function word<Word extends string>(words: readonly Word[]): Reader<Word> {
  return {
    read: (value) => {
      const found = words.find((each) => each === value);
      return found === undefined ? { rule: `must be one of ${words.join(', ')}` } : { value: found };
    },
    schema: { type: 'string', enum: words },
  };
}

const httpAddress = /^https?:\/\/[^/?#\s][^?#\s]*$/;

/** An address for HTTP. */
export const url: Reader<string> = {
  read: (value) => {
    if (!httpAddress.test(value) || !URL.canParse(value)) {
      return { rule: 'must be an http or https address such as http://10.0.0.5:3001, without ? and #' };
    }
    const { username, password } = new URL(value);
    return username === '' && password === ''
      ? { value }
      : { rule: 'must hold no user or password: those belong in a file' };
  },
  schema: { type: 'string', pattern: httpAddress.source },
};

const port = String.raw`(?:\d{1,4}|[0-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])`;
const address = new RegExp(`^(?:(.+):)?(${port})$`);

/** Where to listen; this machine only, unless a host is named. */
export const listen: Reader<Listen> = {
  read: (value) => {
    const match = address.exec(value);
    if (match === null) return { rule: 'must be a port, or an address and a port such as 0.0.0.0:9090' };
    return { value: { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port: Number(match[2]) } };
  },
  schema: { type: ['string', 'integer'], pattern: `^(?:.+:)?${port}$`, minimum: 0, maximum: 65_535 },
};

/** A name as labels have them. */
export const labelName: Reader<string> = {
  read: (value) => {
    const rule = checkLabelName(value);
    return rule === undefined ? { value } : { rule };
  },
  schema: { type: 'string', pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$' },
};

const cronPattern = String.raw`\s*[\d*/,A-Za-z-]+(?:\s+[\d*/,A-Za-z-]+){4}\s*`;
const cron = new RegExp(`^${cronPattern}$`);

/** How often: a duration, or five fields as cron has them. */
export const schedule: Reader<string> = {
  read: (value) =>
    cron.test(value) || (parseDuration(value) ?? 0) >= 60_000
      ? { value }
      : { rule: 'must be a duration of at least 1m such as 24h, or five cron fields such as "0 3 * * *"' },
  schema: { type: 'string', pattern: `^(?:${durationPattern}|${cronPattern})$` },
};
