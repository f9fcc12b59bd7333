/** A copy without one field. Deleting from a copy would leave an object that V8 reads and writes several times slower. */
export function withoutField(fields: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) if (key !== field) rest[key] = fields[key];
  return rest;
}
