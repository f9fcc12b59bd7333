import type { LoadedSettings } from '../config/load-settings.js';
import { fieldOf } from '../config/setting-definitions.js';

/** What a reload changes. */
export interface ChangedSettings {
  /** Fields that hold from now on. */
  readonly now: readonly string[];
  /** Fields that take a restart. */
  readonly atRestart: readonly string[];
}

/** Compares what holds with what was read anew. */
export function changedSettings(before: LoadedSettings, after: LoadedSettings): ChangedSettings {
  const changed = [...after.effective.values()].filter(
    ({ definition: { name } }) => JSON.stringify(before.settings[name]) !== JSON.stringify(after.settings[name]),
  );
  const names = (reloads: boolean): readonly string[] =>
    changed.flatMap(({ definition }) => ((definition.reloads ?? false) === reloads ? [fieldOf(definition)] : []));
  return { now: names(true), atRestart: names(false) };
}
