import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  canonicalJson,
  formatOwnerMark,
  isShortHash,
  maxServiceNameLength,
  ownerMarkOf,
  parseOwnerMark,
  parsePlatformServiceName,
  platformServiceName,
  serviceStem,
  shortHash,
  templateHash,
  templateHashOf,
} from '../../src/index.js';
import { webService } from '../helpers.js';

const label = fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,60}[a-z0-9])?$/);

describe('names of platform services', () => {
  it('stay the same for ever: changing them would orphan every service there is', () => {
    expect(serviceStem({ operatorId: 'default', namespace: 'default', name: 'web' })).toEqual({
      readable: 'web',
      s8: '2wbejn9q',
    });
    expect(templateHash({ image: 'web@1.0.0#sylixos' })).toBe('591k1g2n');
  });

  it('fit 63 characters and can be read back', () => {
    fc.assert(
      fc.property(label, label, label, fc.string(), (operatorId, namespace, name, template) => {
        const identity = { operatorId, namespace, name };
        const hash = shortHash([template]);
        const platformName = platformServiceName(identity, hash);
        expect(platformName.length).toBeLessThanOrEqual(maxServiceNameLength);
        expect(parsePlatformServiceName(platformName)).toEqual({ ...serviceStem(identity), templateHash: hash });
      }),
    );
  });

  it('keep objects of long names apart', () => {
    const long = 'x'.repeat(63);
    const names = ['a', 'b'].map((namespace) =>
      platformServiceName({ operatorId: 'default', namespace, name: long }, '00000000'),
    );
    expect(new Set(names).size).toBe(2);
  });

  it.each(['web', 'web-1.2-3', 'web-2wbejn9q', 'web-2wbejn9q-short', 'web-ILLEGAL0-2wbejn9q', ''])(
    '"%s" is none of ours',
    (name) => {
      expect(parsePlatformServiceName(name)).toBeUndefined();
    },
  );
});

describe('hashes', () => {
  it('are eight characters that read alike in no font', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(isShortHash(shortHash(parts))).toBe(true);
      }),
    );
    expect(isShortHash('ilou0000')).toBe(false);
  });

  it('keep parts apart', () => {
    expect(shortHash(['a', 'bc'])).not.toBe(shortHash(['ab', 'c']));
  });

  it('do not depend on the order of keys nor on undefined fields', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, { y: 2, x: 1 }], c: undefined } })).toBe(
      '{"a":{"d":[1,{"x":1,"y":2}]},"b":1}',
    );
    expect(templateHash({ image: 'a@1', command: ['x'] })).toBe(templateHash({ command: ['x'], image: 'a@1' }));
  });

  it('change with the template and with the restart stamp, and with nothing else', () => {
    const service = webService(3);
    const hash = templateHashOf(service);
    expect(templateHashOf(webService(9, { paused: true, upgradeStrategy: { type: 'Always' } }))).toBe(hash);
    expect(templateHashOf(webService(3, { template: { image: 'web@1.0.1#sylixos' } }))).not.toBe(hash);
    expect(templateHashOf(webService(3, {}, { annotations: { 'ecsm.sh/restarted-at': 'now' } }))).not.toBe(hash);
    expect(templateHashOf(webService(3, {}, { annotations: { other: 'now' } }))).toBe(hash);
  });
});

describe('the mark', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(label, label, label, (operatorId, namespace, name) => {
        const identity = { operatorId, namespace, name };
        expect(parseOwnerMark(formatOwnerMark(identity))).toEqual(identity);
      }),
    );
  });

  it.each(['', 'a/b', 'a/b/c/d'])('"%s" is none', (text) => {
    expect(parseOwnerMark(text)).toBeUndefined();
  });

  it('is found in the environment of either kind of image', () => {
    expect(ownerMarkOf({ process: { env: ['A=1', 'ECSM_SH_OWNER=default/default/web'] } })).toBe('default/default/web');
    expect(ownerMarkOf({ env: ['ECSM_SH_OWNER=default/default/web'] })).toBe('default/default/web');
    expect(ownerMarkOf({ process: { env: ['ECSM_SH_OWNERX=1'] } })).toBeUndefined();
    expect(ownerMarkOf({})).toBeUndefined();
  });
});
