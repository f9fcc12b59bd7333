import { isObject } from '../internal/json.js';
import type { ContainerCommand } from '../runtime/container-runtime.js';
import type { Task } from './model.js';

/** What a runtime has to run for an instance, read from either shape of configuration. */
export function containerCommand(task: Task): ContainerCommand {
  const config: Readonly<Record<string, unknown>> = task.service.image.config;
  const process = isObject(config['process']) ? config['process'] : {};
  return {
    containerId: task.containerId,
    containerName: task.containerName,
    args: strings(process['args'] ?? config['cmd']),
    env: strings(process['env'] ?? config['env']),
    cwd: typeof process['cwd'] === 'string' ? process['cwd'] : undefined,
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
