import type { CreateServiceRequest } from '@ecsm/ecsm-client';

import { isObject } from '../internal/json.js';
import { parseImageRef } from './image-ref.js';
import { PlatformError } from './platform-error.js';

const actions = ['load', 'run'];
const policies = ['static', 'dynamic'];
const pullPolicies = ['IfNotPresent', 'Always', 'Never'];
const autoUpgrades = ['Never', 'Larger', 'Always'];
/** Instances of one service; so many already take a while, and without a bound a slip of the finger would never end. */
const maxFactor = 10_000;

/**
 * Checks the body of a create or update against the documented field table.
 *
 * @throws {@link PlatformError} (`invalid`) naming every offending field
 */
export function assertServiceRequest(body: unknown): asserts body is CreateServiceRequest {
  const errors: Record<string, string> = {};
  const request = isObject(body) ? body : {};
  const image = isObject(request['image']) ? request['image'] : {};
  if (typeof request['name'] !== 'string' || request['name'] === '') errors['name'] = 'must be a non-empty string';
  if (typeof image['ref'] !== 'string' || parseImageRef(image['ref']) === undefined) {
    errors['image.ref'] = 'must be of the form name@tag#os';
  }
  if (!actions.includes(String(image['action']))) errors['image.action'] = `must be one of ${actions.join(', ')}`;
  if (!isObject(image['config'])) errors['image.config'] = 'must be an object';
  optionalWord(errors, 'image.pullPolicy', image['pullPolicy'], pullPolicies);
  optionalWord(errors, 'image.autoUpgrade', image['autoUpgrade'], autoUpgrades);
  optionalWord(errors, 'policy', request['policy'], policies);
  checkVsoa(errors, image['vsoa']);
  const names = isObject(request['node']) ? request['node']['names'] : undefined;
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    errors['node.names'] = 'must be a non-empty array of node names';
  }
  const factor = request['factor'];
  if (isGiven(factor) && !(Number.isInteger(factor) && Number(factor) >= 0 && Number(factor) <= maxFactor)) {
    errors['factor'] = `must be an integer from 0 to ${maxFactor}`;
  }
  if (isGiven(request['prepull']) && typeof request['prepull'] !== 'boolean') errors['prepull'] = 'must be a boolean';
  if (Object.keys(errors).length > 0) throw invalidFields(errors);
}

/** The refusal of a request whose fields break their rules. */
export function invalidFields(errors: Readonly<Record<string, string>>): PlatformError {
  const first = Object.entries(errors).map(([field, rule]) => `${field} ${rule}`);
  return new PlatformError('invalid', `parameter error: ${first.join('; ')}`, errors);
}

function checkVsoa(errors: Record<string, string>, vsoa: unknown): void {
  if (!isGiven(vsoa)) return;
  if (!isObject(vsoa)) {
    errors['image.vsoa'] = 'must be an object';
    return;
  }
  for (const field of ['port', 'healthTimeout', 'healthRetries', 'healthStartPeriod', 'healthInterval']) {
    const value = vsoa[field];
    if (isGiven(value) && !(typeof value === 'number' && value >= 0)) {
      errors[`image.vsoa.${field}`] = 'must be a number of 0 or more';
    }
  }
  for (const field of ['password', 'healthPath']) {
    if (isGiven(vsoa[field]) && typeof vsoa[field] !== 'string') errors[`image.vsoa.${field}`] = 'must be a string';
  }
}

function optionalWord(errors: Record<string, string>, field: string, value: unknown, words: readonly string[]): void {
  if (isGiven(value) && !words.includes(String(value))) errors[field] = `must be one of ${words.join(', ')}`;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
