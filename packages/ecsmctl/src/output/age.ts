const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;

function pair(ms: number, unitMs: number, unit: string, partMs: number, part: string): string {
  const units = Math.floor(ms / unitMs);
  const parts = Math.floor((ms % unitMs) / partMs);
  return parts === 0 ? `${units}${unit}` : `${units}${unit}${parts}${part}`;
}

/** A duration in the short form of kubectl's AGE column: two or three digits that matter, such as `45s`, `6m3s`, `3h`, `5d`. */
export function formatDuration(ms: number): string {
  if (ms < -secondMs) return '<invalid>';
  if (ms < 2 * minuteMs) return `${Math.max(0, Math.floor(ms / secondMs))}s`;
  if (ms < 10 * minuteMs) return pair(ms, minuteMs, 'm', secondMs, 's');
  if (ms < 3 * hourMs) return `${Math.floor(ms / minuteMs)}m`;
  if (ms < 8 * hourMs) return pair(ms, hourMs, 'h', minuteMs, 'm');
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}h`;
  if (ms < 8 * dayMs) return pair(ms, dayMs, 'd', hourMs, 'h');
  if (ms < 2 * yearMs) return `${Math.floor(ms / dayMs)}d`;
  if (ms < 8 * yearMs) return pair(ms, yearMs, 'y', dayMs, 'd');
  return `${Math.floor(ms / yearMs)}y`;
}

/** The time since a timestamp, or `<unknown>` when there is none or it cannot be read. */
export function formatAge(timestamp: string | undefined, nowMs: number): string {
  const then = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(then) ? '<unknown>' : formatDuration(nowMs - then);
}

/** Seconds of the platform as the earlier tool showed them: `3d4h5m`. */
export function formatUptime(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return '<unknown>';
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 1440)}d${Math.floor((minutes % 1440) / 60)}h${minutes % 60}m`;
}
