import type { Task } from './model.js';

/** How many commands of an instance's history are kept. */
const historyLimit = 200;

/** Adds a command to an instance's history. */
export function noteCommand(task: Task, cmd: string, atMs: number): void {
  task.history.push({ cmd, atMs });
  if (task.history.length > historyLimit) task.history.shift();
}
