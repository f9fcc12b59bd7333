import { resolveRegistryPath } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';

const env = {
  ECSM_OPERATOR_REGISTRY: '/of-operator',
  ECSMCTL_REGISTRY: '/of-ecsmctl',
  ECSM_REGISTRY: '/of-both',
  HOME: '/home/ann',
};

describe('resolveRegistryPath', () => {
  const never = (): boolean => false;

  it('goes down the list: flag, own variable, common variable, context, system, home', () => {
    const inputs = { flag: '/flag', env, contextPath: '/context', program: 'ecsmctl', exists: () => true } as const;
    expect(resolveRegistryPath(inputs)).toEqual({ path: '/flag', source: '--registry' });
    expect(resolveRegistryPath({ ...inputs, flag: '' })).toEqual({ path: '/of-ecsmctl', source: 'ECSMCTL_REGISTRY' });
    expect(resolveRegistryPath({ ...inputs, flag: '', program: 'operator' })).toEqual({
      path: '/of-operator',
      source: 'ECSM_OPERATOR_REGISTRY',
    });
    const common = {
      env: { ECSM_REGISTRY: '/of-both', ECSMCTL_REGISTRY: '' },
      program: 'ecsmctl',
      exists: () => true,
    } as const;
    expect(resolveRegistryPath({ ...common, contextPath: '/context' })).toEqual({
      path: '/of-both',
      source: 'ECSM_REGISTRY',
    });
    expect(resolveRegistryPath({ ...common, env: {}, contextPath: '/context' })).toEqual({
      path: '/context',
      source: 'context',
    });
    expect(resolveRegistryPath({ ...common, env: {} })).toEqual({
      path: '/var/lib/ecsm/registry.db',
      source: 'default',
    });
  });

  it('falls back to the state directory of the user', () => {
    expect(resolveRegistryPath({ env: { HOME: '/home/ann' }, program: 'operator', exists: never }).path).toBe(
      '/home/ann/.local/state/ecsm/registry.db',
    );
    const state = { HOME: '/home/ann', XDG_STATE_HOME: '/state' };
    expect(resolveRegistryPath({ env: state, program: 'operator', exists: never }).path).toBe(
      '/state/ecsm/registry.db',
    );
  });
});
