import { checkOptions, must, required } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

interface Options {
  readonly concurrency?: number;
  readonly name?: string;
  readonly jitter?: number;
  readonly onError?: () => void;
}

const rules = {
  concurrency: must.beWholeFrom(1),
  name: must.beText,
  jitter: must.beShare,
  onError: must.beFunction,
};

function check(options: unknown): void {
  checkOptions<Options>('controller "web"', options as Options, rules);
}

describe('options', () => {
  it('may be left out or be undefined', () => {
    check({});
    check({ name: undefined, concurrency: 2, jitter: 0, onError: () => undefined });
  });

  it.each([
    [{ concurency: 2 }, 'controller "web" has no option "concurency": did you mean "concurrency"?'],
    [{ colour: 2 }, 'controller "web" has no option "colour": there are concurrency, name, jitter, onError'],
    [{ toString: 2 }, 'controller "web" has no option "toString": there are concurrency'],
    [{ name: '' }, 'name of controller "web" must be a text of at least one character, got \'\''],
    [{ concurrency: '2' }, 'concurrency of controller "web" must be a whole number of at least 1, got \'2\''],
    [{ onError: true }, 'onError of controller "web" must be a function, got true'],
    [5, 'the options of controller "web" must be an object, got 5'],
    [null, 'the options of controller "web" must be an object, got null'],
    [['name'], 'the options of controller "web" must be an object, got [ \'name\' ]'],
  ])('are refused as %j', (options, message) => {
    expect(() => check(options)).toThrow(TypeError);
    expect(() => check(options)).toThrow(message);
  });

  it('are refused without one that is required', () => {
    const strict = { ...rules, name: required(must.beText) };
    expect(() => checkOptions<Options>('the lock', {}, strict)).toThrow(
      'name of the lock must be a text of at least one character, got undefined',
    );
  });

  it('that are numbers are refused out of their range', () => {
    expect(() => check({ jitter: 2 })).toThrow(RangeError);
    expect(() => check({ concurrency: NaN })).toThrow('must be a whole number of at least 1, got NaN');
  });
});
