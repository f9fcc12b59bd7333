import { describe, expect, it } from 'vitest';

import { parseArguments } from '../../src/cli/parse-arguments.js';
import { commands } from '../../src/definitions/commands.js';
import { globalFlags } from '../../src/definitions/global-flags.js';

const parse = (...argv: readonly string[]) => parseArguments(argv, commands, globalFlags);

describe('parseArguments', () => {
  it('takes flags anywhere, long and short, attached and apart', () => {
    for (const argv of [
      ['get', 'es', 'web', '-n', 'flight', '-o', 'yaml'],
      ['-n', 'flight', 'get', '-oyaml', 'es', 'web'],
      ['get', '--namespace=flight', 'es', '--output', 'yaml', 'web'],
      ['get', '-n=flight', '-o=yaml', 'es', 'web'],
    ]) {
      const { command, args, values } = parse(...argv);
      expect(command?.name).toBe('get');
      expect(args).toEqual(['es', 'web']);
      expect(values).toMatchObject({ namespace: 'flight', output: 'yaml', watch: false });
    }
  });

  it('groups short booleans, takes words after -- as they are, and - as a value', () => {
    expect(parse('get', 'es', '-Aw').values).toMatchObject({ 'all-namespaces': true, watch: true });
    expect(parse('complete', '--', 'get', '-n').args).toEqual(['get', '-n']);
    expect(parse('apply', '-f', '-', '-f', 'a.yaml').values).toMatchObject({ filename: ['-', 'a.yaml'] });
  });

  it('finds commands of two words and leaves the rest as arguments', () => {
    const { command, args, values } = parse('rollout', '--timeout', '1m30s', 'status', 'es/web');
    expect(command?.name).toBe('rollout status');
    expect(args).toEqual(['es/web']);
    expect(values).toMatchObject({ timeout: 90_000, watch: true });
    expect(parse('rollout').words).toBe('rollout');
    expect(parse('rollout', 'status', 'es/web', '--watch=false').values).toMatchObject({ watch: false });
  });

  it.each([
    [['gte', 'es'], 'unknown command "gte"', 'did you mean "ecsmctl get"?'],
    [['rollout', 'stauts'], 'unknown command "rollout stauts"', 'did you mean "ecsmctl rollout status"?'],
    [['logs', 'web'], 'unknown command "logs"', /neither output nor terminals of containers/],
    [['drain', 'worker-1'], 'unknown command "drain"', /change nodePool or nodes/],
    [['set', 'image', 'es/web', 'web@2'], 'unknown command "set"', /ecsmctl patch es NAME -p PATCH/],
    [['top', 'pods'], 'unknown command "top pods"', /ecsmctl top containers/],
    [
      ['restart', 'web'],
      'unknown command "restart"',
      'there is "ecsmctl rollout restart", "ecsmctl service restart", "ecsmctl container restart"',
    ],
    [['nonsense'], 'unknown command "nonsense"', 'see ecsmctl --help'],
    [['get', 'es', '--ouput', 'x'], 'unknown flag --ouput for "ecsmctl get"', /did you mean --output\?/],
    [['get', 'es', '-x'], 'unknown flag -x for "ecsmctl get"', /ecsmctl get --help/],
    [['get'], '"ecsmctl get" needs more arguments', /^usage: ecsmctl get TYPE/],
    [['apply', 'web.yaml'], '"ecsmctl apply" does not take "web.yaml"', /^did you mean -f web\.yaml\?/],
    [['version', 'x'], '"ecsmctl version" does not take "x"', /^usage/],
    [['scale', 'es/web', '--replicas', 'many'], '--replicas takes a whole number, not "many"', undefined],
    [['scale', 'es/web', '--replicas', '1e3'], '--replicas takes a whole number, not "1e3"', undefined],
    [['scale', 'es/web', '--replicas', '-1'], '--replicas begins at 0, not -1', undefined],
    [['get', 'nodes', '--page', '0'], '--page begins at 1, not 0', undefined],
    [['wait', 'es/web', '--timeout', 'soon'], '--timeout takes a duration such as 30s or 5m, not "soon"', undefined],
    [['delete', 'es', 'a', '--cascade', 'no'], '--cascade does not know "no"', /background, foreground, orphan/],
    [['get', 'es', '-A=maybe'], '-A is true or false, not "maybe"', undefined],
    [['get', 'es', '--watch=maybe'], '--watch is true or false, not "maybe"', undefined],
    [['get', 'es', '-n'], /^--namespace needs a value/, undefined],
  ])('says what is wrong with %j', (argv, message, hint) => {
    let caught: unknown;
    try {
      parse(...argv);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: 'UsageError', exitCode: 2 });
    const said = caught as { readonly message: string; readonly hint?: string };
    if (typeof message === 'string') expect(said.message).toBe(message);
    else expect(said.message).toMatch(message);
    if (hint instanceof RegExp) expect(said.hint).toMatch(hint);
    else expect(said.hint).toBe(hint);
  });

  it('asks for help whatever else is wrong with the line', () => {
    expect(parse('get', '--nonsense', '--help').values).toMatchObject({ help: true });
  });
});
