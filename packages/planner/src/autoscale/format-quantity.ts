import { bytesPerMebibyte } from '@ecsm/api-types';

/** A number as a quantity: `3`, `250m`. */
export function formatQuantity(value: number): string {
  const thousandths = Math.round(value * 1000);
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** Bytes as a quantity that people can read: `143Mi`, and exactly below one. */
export function formatBytes(bytes: number): string {
  return bytes < bytesPerMebibyte ? String(Math.round(bytes)) : `${Math.round(bytes / bytesPerMebibyte)}Mi`;
}
