/**
 * Records a quarter of an hour of a full cluster and draws who has its room: `draw-run-command.ts [FILE]`, by default into the
 * guide.
 *
 * The run is real: registry, operator and simulated platform, on a clock of their own.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { World } from '../helpers/world.js';
import { sized, smallWorld } from './small-cluster.js';

const [file = join(import.meta.dirname, '../../../../docs/guides/priorities.svg')] = process.argv.slice(2);
const nodes = ['left', 'middle', 'right'] as const;
const minutes = 15;
const stepSeconds = 1;
/** From the bottom up. */
const services = [
  { name: 'guidance', priority: 100, replicas: 4, fill: '#0969da' },
  { name: 'camera', priority: 10, replicas: 4, fill: '#54aeff' },
  { name: 'recorder', priority: 0, replicas: 8, fill: '#d0d7de' },
] as const;
const size = { width: 900, left: 56, right: 16, top: 84, height: 240, most: 16 };

interface Moment {
  readonly seconds: number;
  readonly running: readonly number[];
  readonly wanted: number;
  readonly slots: number;
}

function apply(world: World, name: (typeof services)[number]['name']): Promise<unknown> {
  const { replicas, priority } = services.find((service) => service.name === name) ?? services[0];
  return world.apply(name, sized(replicas, '64Mi', nodes, { priority }));
}

/** What happens, by the minute. */
const events: Readonly<Record<number, readonly [what: string, act: (world: World) => unknown]>> = {
  0: ['recorder and camera', (world) => apply(world, 'recorder').then(() => apply(world, 'camera'))],
  3: ['guidance is applied', (world) => apply(world, 'guidance')],
  6: ['a node fails', (world) => world.cluster.takeNodeDown('right', 'power')],
  9: ['it is back', (world) => world.cluster.bringNodeUp('right')],
  12: ['guidance is deleted', (world) => world.services.delete('guidance')],
};

async function record(): Promise<readonly Moment[]> {
  await using world = await smallWorld(nodes, { operator: { pollIntervalMs: 30_000, movingPollIntervalMs: 2000 } });
  const moments: Moment[] = [];
  for (let seconds = 0; seconds <= minutes * 60; seconds += stepSeconds) {
    await events[seconds / 60]?.[1](world);
    const { items } = await world.services.list();
    const present = services.filter(({ name }) => {
      return items.some(({ metadata }) => metadata.name === name && metadata.deletionTimestamp === undefined);
    });
    const online = nodes.filter((node) => world.cluster.state.nodesByName.get(node)?.link === 'up');
    moments.push({
      seconds,
      running: services.map(({ name }) => {
        return world.running(name).filter((line) => online.some((node) => line.startsWith(`${node} `))).length;
      }),
      wanted: present.reduce((sum, { replicas }) => sum + replicas, 0),
      slots: online.length * 4,
    });
    await world.pass(stepSeconds * 1000, 500);
  }
  return moments;
}

function x(seconds: number): string {
  return (size.left + ((size.width - size.left - size.right) * seconds) / (minutes * 60)).toFixed(1);
}

function y(value: number): string {
  return (size.top + size.height * (1 - value / size.most)).toFixed(1);
}

/** The corners of a line that stays level until the next moment and then jumps, as the numbers do. */
function corners(moments: readonly Moment[], value: (moment: Moment) => number): string {
  const parts: string[] = [];
  let last: number | undefined;
  for (const moment of moments) {
    const now = value(moment);
    if (now === last) continue;
    parts.push(`${parts.length === 0 ? 'M' : `H${x(moment.seconds)}L`}${x(moment.seconds)} ${y(now)}`);
    last = now;
  }
  return `${parts.join('')}H${x(minutes * 60)}`;
}

function draw(moments: readonly Moment[]): string {
  const upTo = (count: number) => (moment: Moment) =>
    moment.running.slice(0, count).reduce((sum, each) => sum + each, 0);
  // The highest pile first: each lower one is drawn over it.
  const piles = services.map((service, index) => {
    const area = `${corners(moments, upTo(index + 1))}V${y(0)}H${x(0)}Z`;
    return `<path style="fill: ${service.fill}" d="${area}"/>`;
  });
  const legend = services.map(({ name, priority, replicas, fill }, index) => {
    const at = size.left + index * 210;
    return `<rect x="${at}" y="36" width="14" height="14" fill="${fill}"/><text x="${at + 20}" y="48">${name}: priority ${priority}, wants ${replicas}</text>`;
  });
  const grid = [0, 4, 8, 12, 16].map((tick) => {
    return `<path class="grid" d="M${size.left} ${y(tick)}H${size.width - size.right}"/><text class="tick" x="${size.left - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${tick}</text>`;
  });
  const marks = Object.entries(events).map(([minute, [what]]) => {
    const at = x(Number(minute) * 60);
    return `<path class="mark" d="M${at} ${size.top - 8}V${size.top + size.height}"/><text class="tick" x="${Number(at) + 4}" y="${size.top - 2}">${what}</text>`;
  });
  const bottom = size.top + size.height;
  const times = Array.from({ length: minutes / 3 + 1 }, (_none, index) => {
    return `<text class="tick" x="${x(index * 180)}" y="${bottom + 20}" text-anchor="middle">${index * 3} min</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${bottom + 34}" role="img" aria-label="Who has the room of a full cluster over ${minutes} minutes">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .tick { font-size: 11px; fill: #57606a }
  .title { font-weight: 600 }
  .grid { stroke: #d8dee4; stroke-width: 1; fill: none }
  .mark { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 2 3; fill: none }
  .slots { stroke: #bc4c00; stroke-width: 2; fill: none }
  .wanted { stroke: #24292f; stroke-width: 1; stroke-dasharray: 6 4; fill: none }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text class="title" x="${size.left}" y="24">Instances that run, by service; room for them (orange); wanted in all (dashed)</text>
${legend.join('\n')}
${grid.join('\n')}
${piles.reverse().join('\n')}
${marks.join('\n')}
<path class="wanted" d="${corners(moments, ({ wanted }) => wanted)}"/>
<path class="slots" d="${corners(moments, ({ slots }) => slots)}"/>
${times.join('\n')}
</svg>
`;
}

const moments = await record();
await writeFile(file, draw(moments));
console.log(`${moments.length} moments drawn into ${file}`);
