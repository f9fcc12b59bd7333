import type { AnyCommand } from '../cli/command.js';
import { describe } from './describe.js';
import { get } from './get.js';
import { platformCommands } from './platform.js';
import { rolloutCommands } from './rollout.js';
import { settingsCommands } from './settings.js';
import { writeCommands } from './write.js';

/** All commands, in the order in which help lists them. */
export const commands: readonly AnyCommand[] = [
  get,
  describe,
  ...writeCommands,
  ...rolloutCommands,
  ...platformCommands,
  ...settingsCommands,
];
