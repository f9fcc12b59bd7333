export { testEnv, type TestEnv, type TestEnvOptions } from './test-env.js';
export { Faults, type FaultSelection } from './faults.js';
export { ManualClock } from '@ecsm/api-types/testing';
