const percent = /^(\d{1,9})%$/;

/** The rule a count or percentage breaks, or `undefined` when it is fine. */
export function checkCountOrPercent(value: number | string): string | undefined {
  const fine = typeof value === 'number' ? Number.isInteger(value) && value >= 0 : percent.test(value);
  return fine ? undefined : 'must be a whole number of at least 0, or a percentage such as "25%"';
}

/**
 * The number that a count, or a share of `total`, stands for.
 *
 * @throws TypeError when the value is neither
 */
export function resolveCountOrPercent(value: number | string, total: number, round: 'up' | 'down'): number {
  const broken = checkCountOrPercent(value);
  if (broken !== undefined) throw new TypeError(`"${value}" ${broken}`);
  if (typeof value === 'number') return value;
  const exact = (Number.parseInt(value, 10) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
