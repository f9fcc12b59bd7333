const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
const whole = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/** Milliseconds of a duration such as `30s`, `500ms`, `1m30s` or `2h`; `undefined` when the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(part)) total += Number(number) * units[unit as keyof typeof units];
  return total;
}
