import { describe, expect, it } from 'vitest';

import type { Flags } from '../../src/cli/flag.js';
import { commands } from '../../src/definitions/commands.js';
import { globalFlags } from '../../src/definitions/global-flags.js';

describe('the definitions of commands', () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    '%s has code behind it',
    async (_name, command) => {
      expect(await command.load()).toBeTypeOf('function');
    },
  );

  it.each(commands.map((command) => [command.name, command] as const))(
    '%s has flags that do not stand in each other’s way',
    (_name, { flags }) => {
      const all: Flags = { ...globalFlags, ...flags };
      const shorts = Object.values(all).flatMap((flag) => (flag.short === undefined ? [] : [flag.short]));
      expect(new Set(shorts).size).toBe(shorts.length);
      expect(Object.keys(flags).filter((name) => name in globalFlags)).toEqual([]);
    },
  );

  it('names every command once', () => {
    const names = commands.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
