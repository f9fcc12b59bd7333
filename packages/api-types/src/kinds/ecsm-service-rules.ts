import { checkCountOrPercent } from '../count-or-percent.js';
import type { FieldError } from '../errors/invalid-error.js';
import { parseImageReference } from '../image-reference.js';
import type { ValidationContext } from '../kind-definition.js';
import { checkLabelName } from '../names.js';
import { checkQuantity } from '../quantity.js';
import { findDependencyCycle } from './dependency-cycle.js';
import type {
  DeploymentStrategy,
  ECSMService,
  ServiceReference,
  ServiceTemplate,
  UpdateStrategy,
  VsoaSettings,
} from './ecsm-service.js';

function error(field: string, value: unknown, rule: string): FieldError {
  return value === undefined ? { field, rule } : { field, value, rule };
}

/** Errors for texts that stand in a list more than once. */
function duplicates(field: (index: number) => string, values: readonly string[]): FieldError[] {
  if (new Set(values).size === values.length) return [];
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [error(field(index), value, 'must not repeat an earlier entry')] : [],
  );
}

function checkNodeNames(field: string, names: readonly string[]): FieldError[] {
  return [
    ...names.flatMap((name, index) =>
      name.trim() === '' ? [error(`${field}[${index}]`, name, 'must be the name of a node')] : [],
    ),
    ...duplicates((index) => `${field}[${index}]`, names),
  ];
}

function checkPlacement(strategy: DeploymentStrategy, warn: (warning: string) => void): FieldError[] {
  const at = 'spec.deploymentStrategy';
  const { nodes, nodePool, replicas } = strategy;
  const errors: FieldError[] = [];
  if (strategy.type === 'Dynamic') {
    if (nodePool === undefined || nodePool.length === 0) {
      errors.push(error(`${at}.nodePool`, nodePool, 'must name at least one node when type is Dynamic'));
    }
    if (replicas === undefined) {
      errors.push(error(`${at}.replicas`, undefined, 'is required when type is Dynamic; 0 scales to nothing'));
    }
    if (nodes !== undefined) {
      errors.push(error(`${at}.nodes`, nodes, 'belongs to type Static; a Dynamic service names its nodes in nodePool'));
    }
  } else {
    if (nodes === undefined || nodes.length === 0) {
      errors.push(error(`${at}.nodes`, nodes, 'must name at least one node when type is Static'));
    }
    if (nodePool !== undefined) {
      errors.push(
        error(`${at}.nodePool`, nodePool, 'belongs to type Dynamic; a Static service names its nodes in nodes'),
      );
    }
    if (replicas !== undefined) {
      warn(`${at}.replicas is ignored when type is Static: one instance runs on every node of nodes`);
    }
  }
  return [
    ...errors,
    ...checkNodeNames(`${at}.nodes`, nodes ?? []),
    ...checkNodeNames(`${at}.nodePool`, nodePool ?? []),
  ];
}

function checkImage(template: ServiceTemplate): FieldError[] {
  const image = parseImageReference(template.image);
  if (image === undefined) {
    return [error('spec.template.image', template.image, 'must be name@tag, optionally followed by #os')];
  }
  const os = template.platformSpecific?.platform?.os;
  if (image.os !== undefined && os !== undefined && image.os.toLowerCase() !== os.toLowerCase()) {
    return [
      error('spec.template.platformSpecific.platform.os', os, `must agree with the os of the image, "${image.os}"`),
    ];
  }
  return [];
}

function checkEnvironment(template: ServiceTemplate): FieldError[] {
  const names = (template.env ?? []).map(({ name }) => name);
  const errors: FieldError[] = [];
  for (const [index, name] of names.entries()) {
    if (name === '' || name.includes('=') || name.includes('\0')) {
      errors.push(error(environmentName(index), name, 'must not be empty nor contain "="'));
    } else if (name.startsWith('ECSM_SH_')) {
      // The mark by which the operator knows its own services.
      errors.push(error(environmentName(index), name, 'must not start with ECSM_SH_, which is reserved'));
    }
  }
  return [...errors, ...duplicates(environmentName, names)];
}

function environmentName(index: number): string {
  return `spec.template.env[${index}].name`;
}

function checkVolumes(template: ServiceTemplate): FieldError[] {
  const mounts = template.volumeMounts ?? [];
  const at = 'spec.template.volumeMounts';
  return [
    ...mounts.flatMap((mount, index) =>
      (['hostPath', 'containerPath'] as const).flatMap((field) =>
        mount[field].startsWith('/')
          ? []
          : [error(`${at}[${index}].${field}`, mount[field], 'must be an absolute path')],
      ),
    ),
    ...duplicates(
      (index) => `${at}[${index}].containerPath`,
      mounts.map((mount) => mount.containerPath),
    ),
  ];
}

function checkLimits(template: ServiceTemplate): FieldError[] {
  const limits = template.resources?.limits ?? {};
  return (['memory', 'disk'] as const).flatMap((name) => {
    const value = limits[name];
    if (value === undefined) return [];
    const rule = checkQuantity(value) ?? (value.startsWith('-') ? 'must not be negative' : undefined);
    return rule === undefined ? [] : [error(`spec.template.resources.limits.${name}`, value, rule)];
  });
}

function checkVsoa(vsoa: VsoaSettings | undefined): FieldError[] {
  const path = vsoa?.healthCheck?.path;
  return path === undefined || path.startsWith('/')
    ? []
    : [error('spec.template.vsoa.healthCheck.path', path, 'must start with "/"')];
}

function checkPriorities(template: ServiceTemplate): FieldError[] {
  const cpu = template.platformSpecific?.sylixos?.cpu;
  const at = 'spec.template.platformSpecific.sylixos.cpu';
  if (cpu?.highestPrio === undefined || cpu.lowestPrio === undefined) return [];
  if (cpu.highestPrio > cpu.lowestPrio) {
    return [
      error(
        `${at}.highestPrio`,
        cpu.highestPrio,
        `must not be greater than lowestPrio (${cpu.lowestPrio}): a smaller number is a higher priority`,
      ),
    ];
  }
  const { defaultPrio } = cpu;
  if (defaultPrio !== undefined && (defaultPrio < cpu.highestPrio || defaultPrio > cpu.lowestPrio)) {
    return [
      error(
        `${at}.defaultPrio`,
        defaultPrio,
        `must lie between highestPrio (${cpu.highestPrio}) and lowestPrio (${cpu.lowestPrio})`,
      ),
    ];
  }
  return [];
}

function isZero(value: number | string | undefined): boolean {
  return value === 0 || value === '0%';
}

function checkUpdateStrategy(strategy: UpdateStrategy | undefined): FieldError[] {
  const at = 'spec.updateStrategy';
  const errors: FieldError[] = [];
  const rolling = strategy?.rollingUpdate;
  for (const name of ['maxSurge', 'maxUnavailable'] as const) {
    const value = rolling?.[name];
    const rule = value === undefined ? undefined : checkCountOrPercent(value);
    if (rule !== undefined) errors.push(error(`${at}.rollingUpdate.${name}`, value, rule));
  }
  if (isZero(rolling?.maxSurge) && isZero(rolling?.maxUnavailable)) {
    errors.push(
      error(
        `${at}.rollingUpdate.maxUnavailable`,
        rolling?.maxUnavailable,
        'must not be 0 when maxSurge is 0: nothing could move',
      ),
    );
  }
  if (rolling !== undefined && strategy?.type !== undefined && strategy.type !== 'RollingUpdate') {
    errors.push(error(`${at}.rollingUpdate`, rolling, `must be absent when type is ${strategy.type}`));
  }
  const deadline = strategy?.progressDeadlineSeconds;
  const minReady = strategy?.minReadySeconds;
  if (deadline !== undefined && minReady !== undefined && deadline <= minReady) {
    errors.push(error(`${at}.progressDeadlineSeconds`, deadline, `must be greater than minReadySeconds (${minReady})`));
  }
  return errors;
}

async function checkDependencies(service: ECSMService, context: ValidationContext<ECSMService>): Promise<FieldError[]> {
  const dependencies: readonly ServiceReference[] = service.spec.dependsOn ?? [];
  const errors = dependencies.flatMap((dependency, index) =>
    (['name', 'namespace'] as const).flatMap((field) => {
      const value = dependency[field];
      const rule = value === undefined ? undefined : checkLabelName(value);
      return rule === undefined ? [] : [error(`spec.dependsOn[${index}].${field}`, value, rule)];
    }),
  );
  if (dependencies.length === 0 || errors.length > 0) return errors;
  const cycle = await findDependencyCycle(service, context.read);
  return cycle === undefined
    ? []
    : [error('spec.dependsOn', dependencies, `must not lead back to the service itself: ${cycle.join(' → ')}`)];
}

/** The rules beyond the schema; every broken one is returned. */
export async function validateService(
  service: ECSMService,
  context: ValidationContext<ECSMService>,
): Promise<readonly FieldError[]> {
  const { spec } = service;
  return [
    ...checkPlacement(spec.deploymentStrategy, context.warn),
    ...checkImage(spec.template),
    ...checkEnvironment(spec.template),
    ...checkLimits(spec.template),
    ...checkVolumes(spec.template),
    ...checkVsoa(spec.template.vsoa),
    ...checkPriorities(spec.template),
    ...checkUpdateStrategy(spec.updateStrategy),
    ...(await checkDependencies(service, context)),
  ];
}
