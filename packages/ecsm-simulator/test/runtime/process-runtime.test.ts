import { readFileSync } from 'node:fs';

import { systemClock } from '@ecsm/api-types';
import { expect, it, onTestFinished } from 'vitest';

import { Cluster, ProcessRuntime, type ClusterEvent } from '@ecsm/ecsm-simulator';

import { dynamicService } from '../helpers/requests.js';

const fast = { createMs: 1, startMs: 1, stopMs: 1, restartBaseMs: 1, pullMsPerMB: 0 };

/** A cluster on the system's clock whose containers are real, with a way to wait for what happens in it. */
function realCluster() {
  const lines: string[] = [];
  let heard: (() => void)[] = [];
  const wake = (): void => {
    const waiting = heard;
    heard = [];
    for (const resolve of waiting) resolve();
  };
  const events: ClusterEvent[] = [];
  const cluster = new Cluster({
    clock: systemClock,
    settings: fast,
    runtime: new ProcessRuntime({
      onOutput: (_name, line) => {
        lines.push(line);
        wake();
      },
    }),
    onEvent: (event) => {
      events.push(event);
      wake();
    },
  });
  onTestFinished(() => cluster.stop());
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => heard.push(resolve));
  };
  const run = (script: string, env: readonly string[] = []) =>
    cluster.services.create(
      dynamicService({
        factor: 1,
        image: { config: { process: { args: [process.execPath, '-e', script], env, cwd: '/' } } },
      }),
    );
  return { cluster, events, lines, until, run };
}

it('runs the command with its environment, and nothing of the simulator’s own', async () => {
  const { lines, run, until } = realCluster();
  run('console.log(JSON.stringify(Object.keys(process.env)), process.env.A, process.cwd())', ['A=x=y', 'B=']);
  await until(() => lines.length > 0);
  expect(lines[0]).toBe('["A","B"] x=y /');
});

it('takes the death of the process for the death of the container, and starts it again', async () => {
  const { events, lines, run, until } = realCluster();
  run('console.log(process.pid); setTimeout(() => process.exit(3), 20)');
  await until(() => lines.length >= 2);
  expect(lines[0]).not.toBe(lines[1]);
  expect(events.find(({ kind }) => kind === 'containerDied')?.message).toMatch(/exit code 3/);
});

it('stops by SIGTERM, kills at once, and leaves nothing running', async () => {
  const { cluster, events, lines, run, until } = realCluster();
  const service = run(
    'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log(process.pid); setInterval(() => {}, 1000)',
  );
  await until(() => lines.length === 1);
  cluster.services.act(service, 'stop');
  await until(() => events.some(({ kind }) => kind === 'containerStopped'));
  await until(() => lines.includes('bye'));
  cluster.services.act(service, 'start');
  await until(() => lines.length === 3);
  const pid = Number(lines[2]);
  cluster.services.delete(service);
  await until(() => events.some(({ kind }) => kind === 'serviceDeleted'));
  expect(() => process.kill(pid, 0)).toThrow();
});

it('ends a command that cannot be found with code 127', async () => {
  const { cluster, events, until } = realCluster();
  cluster.services.create(
    dynamicService({ factor: 1, image: { config: { process: { args: ['/no/such/command'] } } } }),
  );
  await until(() => events.some(({ kind }) => kind === 'containerDied'));
  const [task] = cluster.state.tasks.values();
  expect(task!.exitCode).toBe(127);
});

it('kills what runs when the cluster stops', async () => {
  const { cluster, lines, run, until } = realCluster();
  run('console.log(process.pid); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  await until(() => lines.length === 1);
  await cluster.stop();
  expect(() => process.kill(Number(lines[0]), 0)).toThrow();
});

it('ends with the first process whatever it had started', async () => {
  const { events, lines, run, until } = realCluster();
  run(
    'const c = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {stdio: "inherit"});' +
      'console.log(c.pid); setTimeout(() => process.exit(1), 20)',
  );
  await until(() => events.some(({ kind }) => kind === 'containerDied'));
  while (isAlive(Number(lines[0]))) await new Promise((resolve) => setImmediate(resolve));
  expect(isAlive(Number(lines[0]))).toBe(false);
});

/** A process that ended and that nobody waits for counts as ended. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
