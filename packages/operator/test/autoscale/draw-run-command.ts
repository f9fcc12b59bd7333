/**
 * Records six hours of an autoscaler at work and draws them: `draw-run-command.ts [FILE]`, by default into the guide.
 *
 * The run is real: registry, operator and simulated platform, on a clock of their own.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AutoscaledWorld, cpu } from './autoscaled-world.js';

const [file = join(import.meta.dirname, '../../../../docs/guides/autoscaling.svg')] = process.argv.slice(2);
const hours = 6;
const stepSeconds = 15;
const target = 50;
const size = { width: 900, left: 56, right: 16 };
const panels = { load: { top: 48, height: 150, most: 400 }, replicas: { top: 250, height: 150, most: 8 } };

interface Moment {
  readonly seconds: number;
  readonly load: number;
  readonly replicas: number;
  readonly ready: number;
}

/** A swell, an hour of peaks, a calm, and a jump out of nothing. */
function loadAt(hour: number): number {
  if (hour < 2) return 60 + 200 * Math.sin((Math.PI * hour) / 4);
  if (hour < 3) return 230 + 80 * Math.sign(Math.sin(2 * Math.PI * 7 * hour));
  if (hour < 4.2) return 45;
  if (hour < 4.7) return 340;
  return Math.max(40, 340 - 400 * (hour - 4.7));
}

async function record(): Promise<readonly Moment[]> {
  await using scaled = await AutoscaledWorld.start({ replicas: 1, operator: { pollIntervalMs: 30_000 } });
  await scaled.autoscale({ minReplicas: 1, maxReplicas: 8, metrics: [cpu(target)] });
  const moments: Moment[] = [];
  for (let seconds = 0; seconds <= hours * 3600; seconds += stepSeconds) {
    const load = Math.round(loadAt(seconds / 3600));
    scaled.load(load);
    moments.push({ seconds, load, replicas: await scaled.replicas(), ready: scaled.world.running('web').length });
    await scaled.world.pass(stepSeconds * 1000, 5000);
  }
  return moments;
}

function x(seconds: number): number {
  return size.left + ((size.width - size.left - size.right) * seconds) / (hours * 3600);
}

function y({ top, height, most }: (typeof panels)[keyof typeof panels], value: number): number {
  return top + height * (1 - value / most);
}

/** A line that stays level until the next moment and then jumps, as the numbers do. */
function steps(panel: (typeof panels)[keyof typeof panels], values: readonly (readonly [number, number])[]): string {
  let path = '';
  let last: number | undefined;
  for (const [seconds, value] of values) {
    if (value === last) continue;
    const [px, py] = [x(seconds).toFixed(1), y(panel, value).toFixed(1)];
    path += path === '' ? `M${px} ${py}` : `H${px}V${py}`;
    last = value;
  }
  return `${path}H${x(hours * 3600).toFixed(1)}`;
}

function axes(panel: (typeof panels)[keyof typeof panels], ticks: readonly number[]): string {
  const lines = ticks.map((tick) => {
    const at = y(panel, tick).toFixed(1);
    return `<path class="grid" d="M${size.left} ${at}H${size.width - size.right}"/><text class="tick" x="${size.left - 8}" y="${Number(at) + 4}" text-anchor="end">${tick}</text>`;
  });
  return lines.join('\n');
}

function draw(moments: readonly Moment[]): string {
  const { load, replicas } = panels;
  const bottom = replicas.top + replicas.height;
  const hourMarks = Array.from({ length: hours + 1 }, (_none, hour) => {
    return `<text class="tick" x="${x(hour * 3600).toFixed(1)}" y="${bottom + 20}" text-anchor="middle">${hour} h</text>`;
  });
  const changes = moments.filter(
    (moment, index) => index > 0 && moment.replicas !== moments[index - 1]?.replicas,
  ).length;
  const of = (field: 'load' | 'replicas' | 'ready') =>
    moments.map((moment) => [moment.seconds, moment[field]] as const);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${bottom + 34}" role="img" aria-label="Load and replicas over six hours">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .tick { font-size: 11px; fill: #57606a }
  .title { font-weight: 600 }
  path { fill: none }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  .load { stroke: #bc4c00; stroke-width: 1.5 }
  .wanted { stroke: #0969da; stroke-width: 2 }
  .running { stroke: #0969da; stroke-width: 5; stroke-opacity: .25 }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text class="title" x="${size.left}" y="26">Load, in percent of what one instance can do</text>
${axes(load, [0, 100, 200, 300, 400])}
<path class="load" d="${steps(load, of('load'))}"/>
<text class="title" x="${size.left}" y="${replicas.top - 20}">Replicas: asked for (thin), running (broad); ${target} % each is the target, ${changes} changes in ${hours} hours</text>
${axes(replicas, [0, 2, 4, 6, 8])}
<path class="running" d="${steps(replicas, of('ready'))}"/>
<path class="wanted" d="${steps(replicas, of('replicas'))}"/>
${hourMarks.join('\n')}
</svg>
`;
}

const moments = await record();
await writeFile(file, draw(moments));
console.log(`${moments.length} moments drawn into ${file}`);
