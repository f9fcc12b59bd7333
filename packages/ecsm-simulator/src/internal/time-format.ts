/** `YYYY-MM-DD HH:mm:ss` in UTC, as services, containers and nodes show times; empty for a moment that has not come. */
export function formatTime(epochMs: number): string {
  return epochMs === 0 ? '' : new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** RFC 3339 with a fraction, as images show times. */
export function formatImageTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
