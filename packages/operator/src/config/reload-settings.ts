import { checkTogether } from './check-together.js';
import { fieldOf, settingDefinitions, type SettingDefinition } from './setting-definitions.js';
import type { Settings } from './settings.js';

/** What a reload changes. */
export interface ReloadedSettings {
  /** What holds from now on: what was read, but for what takes a restart. */
  readonly inForce: Settings;
  /** Fields that changed and hold from now on. */
  readonly now: readonly string[];
  /** Fields that changed and take a restart. */
  readonly atRestart: readonly string[];
}

/** Compares what holds with what was read anew, and tells what of it can hold without a restart. */
export function reloadSettings(before: Settings, after: Settings): ReloadedSettings {
  const take = (reloads: (definition: SettingDefinition) => boolean): Settings => {
    const entries = settingDefinitions.flatMap((definition) => {
      const value = (reloads(definition) ? after : before)[definition.name];
      return value === undefined ? [] : [[definition.name, value] as const];
    });
    // Complete: both were.
    return Object.fromEntries(entries) as Partial<Settings> as Settings;
  };
  const all = take(({ reloads = false }) => reloads);
  // Another token, or none, may be right only for addresses and certificates that take a restart: it waits for them.
  const isSafe = checkTogether(all).length === 0;
  const inForce = isSafe ? all : take(({ name, reloads = false }) => reloads && name !== 'listenTokenFile');
  const changed = (one: Settings, other: Settings): readonly string[] =>
    settingDefinitions.flatMap((definition) => {
      const { name } = definition;
      return JSON.stringify(one[name]) === JSON.stringify(other[name]) ? [] : [fieldOf(definition)];
    });
  return { inForce, now: changed(before, inForce), atRestart: changed(inForce, after) };
}
