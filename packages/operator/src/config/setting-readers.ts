import { checkLabelName } from '@ecsm/api-types';

import { parseDuration } from './duration.js';
import type { Listen } from './settings.js';

/** What a setting's text means, or why it means nothing. */
export type Reading<T> = { readonly value: T } | { readonly rule: string };

/** Any text but none. */
export function text(value: string): Reading<string> {
  return value === '' ? { rule: 'must not be empty' } : { value };
}

/** A switch; a flag without a value turns it on. */
export function truth(value: string): Reading<boolean> {
  if (value === 'true' || value === '') return { value: true };
  return value === 'false' ? { value: false } : { rule: 'must be true or false' };
}

/** A time of at least so many milliseconds. */
export function duration(leastMs = 1): (value: string) => Reading<number> {
  return (value) => {
    const ms = parseDuration(value);
    if (ms === undefined || ms <= 0) return { rule: 'must be a duration such as 30s, 500ms or 2m' };
    return ms < leastMs ? { rule: `must be at least ${leastMs / 1000}s` } : { value: ms };
  };
}

/** A whole number within bounds. */
export function count(least: number, most: number): (value: string) => Reading<number> {
  return (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= least && number <= most
      ? { value: number }
      : { rule: `must be a whole number from ${least} to ${most}` };
  };
}

/** A number above 0. */
export function factor(value: string): Reading<number> {
  const number = Number(value);
  return value.trim() !== '' && number > 0 && Number.isFinite(number)
    ? { value: number }
    : { rule: 'must be a number above 0' };
}

const byteUnits = { '': 1, k: 1000, M: 1e6, Ki: 1024, Mi: 1024 ** 2 } as const;

/** An amount of data, such as `500k` or `2Mi`. */
export function bytes(value: string): Reading<number> {
  const match = /^(\d+(?:\.\d+)?)(k|M|Ki|Mi)?$/.exec(value);
  const amount = Number(match?.[1]) * byteUnits[(match?.[2] ?? '') as keyof typeof byteUnits];
  return amount >= 1 ? { value: Math.floor(amount) } : { rule: 'must be an amount of bytes such as 500k or 2Mi' };
}

/** One of a few words. */
export function word<Word extends string>(words: readonly Word[]): (value: string) => Reading<Word> {
  return (value) => {
    const found = words.find((each) => each === value);
    return found === undefined ? { rule: `must be one of ${words.join(', ')}` } : { value: found };
  };
}

/** An address for HTTP. */
export function url(value: string): Reading<string> {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return { rule: 'must be an http or https address such as http://10.0.0.5:3001' };
  }
  const { username, password } = new URL(value);
  return username === '' && password === ''
    ? { value }
    : { rule: 'must hold no user or password: those belong in a file' };
}

/** Where to listen; this machine only, unless a host is named. */
export function listen(value: string): Reading<Listen> {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) return { rule: 'must be a port, or an address and a port such as 0.0.0.0:9090' };
  return { value: { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port } };
}

/** A name as labels have them. */
export function labelName(value: string): Reading<string> {
  const rule = checkLabelName(value);
  return rule === undefined ? { value } : { rule };
}

/** How often: a duration, or five fields as cron has them. */
export function schedule(value: string): Reading<string> {
  const fields = value.trim().split(/\s+/);
  const isCron = fields.length === 5 && fields.every((field) => /^[\d*/,A-Za-z-]+$/.test(field));
  const ms = parseDuration(value) ?? 0;
  return isCron || ms >= 60_000
    ? { value }
    : { rule: 'must be a duration of at least 1m such as 24h, or five cron fields such as "0 3 * * *"' };
}
