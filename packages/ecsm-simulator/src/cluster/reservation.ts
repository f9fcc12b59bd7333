import type { Task } from './model.js';
import type { Requirements } from './requirements.js';

/** Sets memory, disk and a VSOA port aside for an instance on its node. */
export function reserve(task: Task, need: Requirements, firstVsoaPort: number): void {
  const { node } = task;
  task.memoryMB = need.memoryMB;
  task.diskMB = need.diskMB;
  task.vsoaPort = need.vsoaPort;
  if (task.vsoaPort === 0 && task.service.image.vsoa !== undefined) {
    task.vsoaPort = firstVsoaPort;
    while (node.ports.has(task.vsoaPort)) task.vsoaPort++;
  }
  task.reserved = true;
  node.memoryUsedMB += need.memoryMB;
  node.diskUsedMB += need.diskMB;
  if (task.vsoaPort !== 0) node.ports.add(task.vsoaPort);
}

/** Gives back what was set aside; does nothing when nothing was. */
export function release(task: Task): void {
  if (!task.reserved) return;
  task.reserved = false;
  task.node.memoryUsedMB -= task.memoryMB;
  task.node.diskUsedMB -= task.diskMB;
  if (task.vsoaPort !== 0) task.node.ports.delete(task.vsoaPort);
}
