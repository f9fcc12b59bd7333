import { loadSettings } from '../../src/config/load-settings.js';
import type { Settings } from '../../src/config/settings.js';

/** The settings that flags give. */
export async function settingsOf(...flags: readonly string[]): Promise<Settings> {
  const request = await loadSettings(flags, {});
  if (request.type !== 'run') throw new Error('these flags run nothing');
  return request.settings;
}
