/** JSON as people read it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML without anchors and without wrapped lines. */
export async function toYaml(value: unknown): Promise<string> {
  const { dump } = await import('js-yaml');
  return dump(value, { noRefs: true, lineWidth: -1 });
}

/** JSON or YAML, as a user asked for it. */
export async function serialize(value: unknown, format: string): Promise<string> {
  return format === 'json' ? toJson(value) : toYaml(value);
}
