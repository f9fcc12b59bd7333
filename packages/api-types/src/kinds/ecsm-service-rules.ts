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

/** The broken rules of one object. Checks add to one list: nearly all objects are sound, and then nothing is made. */
class Findings {
  readonly errors: FieldError[] = [];

  add(field: string, value: unknown, rule: string): void {
    this.errors.push(value === undefined ? { field, rule } : { field, value, rule });
  }

  /** Adds the texts that stand in a list more than once. */
  addDuplicates(values: readonly string[], fieldOf: (index: number) => string): void {
    if (values.length < 2 || new Set(values).size === values.length) return;
    values.forEach((value, index) => {
      if (values.indexOf(value) < index) this.add(fieldOf(index), value, 'must not repeat an earlier entry');
    });
  }
}

function checkNodeNames(findings: Findings, field: string, names: readonly string[] | undefined): void {
  if (names === undefined) return;
  names.forEach((name, index) => {
    if (name.trim() === '') findings.add(`${field}[${index}]`, name, 'must be the name of a node');
  });
  findings.addDuplicates(names, (index) => `${field}[${index}]`);
}

function checkPlacement(findings: Findings, strategy: DeploymentStrategy, warn: (warning: string) => void): void {
  const at = 'spec.deploymentStrategy';
  const { nodes, nodePool, replicas } = strategy;
  if (strategy.type === 'Dynamic') {
    if (nodePool === undefined || nodePool.length === 0) {
      findings.add(`${at}.nodePool`, nodePool, 'must name at least one node when type is Dynamic');
    }
    if (replicas === undefined) {
      findings.add(`${at}.replicas`, undefined, 'is required when type is Dynamic; 0 scales to nothing');
    }
    if (nodes !== undefined) {
      findings.add(`${at}.nodes`, nodes, 'belongs to type Static; a Dynamic service names its nodes in nodePool');
    }
  } else {
    if (nodes === undefined || nodes.length === 0) {
      findings.add(`${at}.nodes`, nodes, 'must name at least one node when type is Static');
    }
    if (nodePool !== undefined) {
      findings.add(`${at}.nodePool`, nodePool, 'belongs to type Dynamic; a Static service names its nodes in nodes');
    }
    if (replicas !== undefined) {
      warn(`${at}.replicas is ignored when type is Static: one instance runs on every node of nodes`);
    }
  }
  checkNodeNames(findings, `${at}.nodes`, nodes);
  checkNodeNames(findings, `${at}.nodePool`, nodePool);
}

function checkImage(findings: Findings, template: ServiceTemplate): void {
  const image = parseImageReference(template.image);
  if (image === undefined) {
    findings.add('spec.template.image', template.image, 'must be name@tag, optionally followed by #os');
    return;
  }
  const os = template.platformSpecific?.platform?.os;
  if (image.os !== undefined && os !== undefined && image.os.toLowerCase() !== os.toLowerCase()) {
    const rule = `must agree with the os of the image, "${image.os}"`;
    findings.add('spec.template.platformSpecific.platform.os', os, rule);
  }
}

function checkEnvironment(findings: Findings, { env }: ServiceTemplate): void {
  if (env === undefined) return;
  const names = env.map(({ name }) => name);
  names.forEach((name, index) => {
    if (name === '' || name.includes('=') || name.includes('\0')) {
      findings.add(environmentName(index), name, 'must not be empty nor contain "="');
    } else if (name.startsWith('ECSM_SH_')) {
      // The mark by which the operator knows its own services.
      findings.add(environmentName(index), name, 'must not start with ECSM_SH_, which is reserved');
    }
  });
  findings.addDuplicates(names, environmentName);
}

function environmentName(index: number): string {
  return `spec.template.env[${index}].name`;
}

function checkVolumes(findings: Findings, { volumeMounts }: ServiceTemplate): void {
  if (volumeMounts === undefined) return;
  const at = 'spec.template.volumeMounts';
  volumeMounts.forEach((mount, index) => {
    for (const field of ['hostPath', 'containerPath'] as const) {
      if (mount[field].startsWith('/')) continue;
      findings.add(`${at}[${index}].${field}`, mount[field], 'must be an absolute path');
    }
  });
  findings.addDuplicates(
    volumeMounts.map(({ containerPath }) => containerPath),
    (index) => `${at}[${index}].containerPath`,
  );
}

function checkLimits(findings: Findings, template: ServiceTemplate): void {
  const limits = template.resources?.limits;
  if (limits === undefined) return;
  for (const name of ['memory', 'disk'] as const) {
    const value = limits[name];
    if (value === undefined) continue;
    const rule = checkQuantity(value) ?? (value.startsWith('-') ? 'must not be negative' : undefined);
    if (rule !== undefined) findings.add(`spec.template.resources.limits.${name}`, value, rule);
  }
}

function checkVsoa(findings: Findings, vsoa: VsoaSettings | undefined): void {
  const path = vsoa?.healthCheck?.path;
  if (path === undefined || path.startsWith('/')) return;
  findings.add('spec.template.vsoa.healthCheck.path', path, 'must start with "/"');
}

function checkPriorities(findings: Findings, template: ServiceTemplate): void {
  const cpu = template.platformSpecific?.sylixos?.cpu;
  const at = 'spec.template.platformSpecific.sylixos.cpu';
  if (cpu?.highestPrio === undefined || cpu.lowestPrio === undefined) return;
  if (cpu.highestPrio > cpu.lowestPrio) {
    const rule = `must not be greater than lowestPrio (${cpu.lowestPrio}): a smaller number is a higher priority`;
    findings.add(`${at}.highestPrio`, cpu.highestPrio, rule);
    return;
  }
  const { defaultPrio } = cpu;
  if (defaultPrio !== undefined && (defaultPrio < cpu.highestPrio || defaultPrio > cpu.lowestPrio)) {
    const rule = `must lie between highestPrio (${cpu.highestPrio}) and lowestPrio (${cpu.lowestPrio})`;
    findings.add(`${at}.defaultPrio`, defaultPrio, rule);
  }
}

function isZero(value: number | string | undefined): boolean {
  return value === 0 || value === '0%';
}

function checkUpdateStrategy(findings: Findings, strategy: UpdateStrategy | undefined): void {
  const at = 'spec.updateStrategy';
  const rolling = strategy?.rollingUpdate;
  for (const name of ['maxSurge', 'maxUnavailable'] as const) {
    const value = rolling?.[name];
    const rule = value === undefined ? undefined : checkCountOrPercent(value);
    if (rule !== undefined) findings.add(`${at}.rollingUpdate.${name}`, value, rule);
  }
  if (isZero(rolling?.maxSurge) && isZero(rolling?.maxUnavailable)) {
    const rule = 'must not be 0 when maxSurge is 0: nothing could move';
    findings.add(`${at}.rollingUpdate.maxUnavailable`, rolling?.maxUnavailable, rule);
  }
  if (rolling !== undefined && strategy?.type !== undefined && strategy.type !== 'RollingUpdate') {
    findings.add(`${at}.rollingUpdate`, rolling, `must be absent when type is ${strategy.type}`);
  }
  const deadline = strategy?.progressDeadlineSeconds;
  const minReady = strategy?.minReadySeconds;
  if (deadline !== undefined && minReady !== undefined && deadline <= minReady) {
    findings.add(`${at}.progressDeadlineSeconds`, deadline, `must be greater than minReadySeconds (${minReady})`);
  }
}

async function checkDependencies(
  findings: Findings,
  service: ECSMService,
  dependencies: readonly ServiceReference[],
  context: ValidationContext<ECSMService>,
): Promise<void> {
  const before = findings.errors.length;
  dependencies.forEach((dependency, index) => {
    for (const field of ['name', 'namespace'] as const) {
      const value = dependency[field];
      const rule = value === undefined ? undefined : checkLabelName(value);
      if (rule !== undefined) findings.add(`spec.dependsOn[${index}].${field}`, value, rule);
    }
  });
  if (findings.errors.length > before) return;
  const cycle = await findDependencyCycle(service, context.read);
  if (cycle === undefined) return;
  findings.add('spec.dependsOn', dependencies, `must not lead back to the service itself: ${cycle.join(' → ')}`);
}

/** The rules beyond the schema; every broken one is returned. */
export async function validateService(
  service: ECSMService,
  context: ValidationContext<ECSMService>,
): Promise<readonly FieldError[]> {
  const { spec } = service;
  const findings = new Findings();
  checkPlacement(findings, spec.deploymentStrategy, context.warn);
  checkImage(findings, spec.template);
  checkEnvironment(findings, spec.template);
  checkLimits(findings, spec.template);
  checkVolumes(findings, spec.template);
  checkVsoa(findings, spec.template.vsoa);
  checkPriorities(findings, spec.template);
  checkUpdateStrategy(findings, spec.updateStrategy);
  const { dependsOn } = spec;
  if (dependsOn !== undefined && dependsOn.length > 0) await checkDependencies(findings, service, dependsOn, context);
  return findings.errors;
}
