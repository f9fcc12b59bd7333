import type { VsoaSettings as TemplateVsoa } from '@ecsm/api-types';
import type { VsoaSettings } from '@ecsm/ecsm-client';

import { defined } from '../internal/json.js';

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** The VSOA block of a request: what a template says laid over what is there; seconds become milliseconds. */
export function toPlatformVsoa(vsoa: TemplateVsoa | undefined, base?: VsoaSettings): VsoaSettings | undefined {
  if (vsoa === undefined) return base;
  const check = vsoa.healthCheck;
  return {
    ...base,
    ...defined({
      password: vsoa.password,
      // 0 asks the platform to choose: a port it has chosen already stays.
      port: vsoa.port === 0 ? (base?.port ?? 0) : vsoa.port,
      healthPath: check?.path,
      healthTimeout: milliseconds(check?.timeoutSeconds),
      healthRetries: check?.failureThreshold,
      healthStartPeriod: milliseconds(check?.initialDelaySeconds),
      healthInterval: milliseconds(check?.periodSeconds),
      livenessProbe: check?.livenessProbe,
    }),
  };
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

/** The VSOA block of a template from a live service. */
export function fromPlatformVsoa(vsoa: VsoaSettings | undefined): TemplateVsoa | undefined {
  if (vsoa === undefined) return undefined;
  const healthCheck = defined({
    path: vsoa.healthPath === '' ? undefined : vsoa.healthPath,
    timeoutSeconds: seconds(vsoa.healthTimeout),
    failureThreshold: vsoa.healthRetries,
    initialDelaySeconds: seconds(vsoa.healthStartPeriod),
    periodSeconds: seconds(vsoa.healthInterval),
    livenessProbe: vsoa.livenessProbe,
  });
  const result: TemplateVsoa = defined({
    password: vsoa.password,
    port: vsoa.port,
    healthCheck: Object.keys(healthCheck).length === 0 ? undefined : healthCheck,
  });
  return Object.keys(result).length === 0 ? undefined : result;
}
