import { describe, expect, it } from 'vitest';

import { evictions, grants, type NodeSketch, type Sketch } from './world.js';

type Row = readonly [
  what: string,
  nodes: Readonly<Record<string, NodeSketch>>,
  claims: Readonly<Record<string, Sketch>>,
  evicted: readonly string[],
];

const one = { n1: {} };
const two = { n1: {}, n2: {} };
/** The one who needs room. */
const high = { priority: 100, wants: 1 };

/**
 * What a scheduler with priorities is expected to do (the rows of kube-scheduler's preemption tests that mean something here,
 * in this product's terms). A node has 400 MiB, an instance takes 100 unless said otherwise.
 */
const rows: readonly Row[] = [
  // Whether anybody has to go
  ['nobody goes when there is room', one, { high, low: { on: { n1: 3 } } }, []],
  ['nobody goes when another node has room', two, { high, low: { on: { n1: 4, n2: 3 } } }, []],
  ['a lower priority goes', one, { high, low: { on: { n1: 4 } } }, ['low -1 @ n1']],
  ['an equal priority stays', one, { high, same: { priority: 100, on: { n1: 4 } } }, []],
  ['a higher priority stays', one, { high, higher: { priority: 101, on: { n1: 4 } } }, []],
  ['priorities may be negative', one, { mid: { wants: 1 }, low: { priority: -1, on: { n1: 4 } } }, ['low -1 @ n1']],
  ['the default priority preempts nobody of the default priority', one, { a: { wants: 1 }, b: { on: { n1: 4 } } }, []],
  ['Never waits in line', one, { high: { ...high, never: true }, low: { on: { n1: 4 } } }, []],
  ['Never can be made to give way all the same', one, { high, low: { on: { n1: 4 }, never: true } }, ['low -1 @ n1']],
  ['strangers are never touched', { n1: { strangers: 400 } }, { high }, []],
  ['strangers count', { n1: { strangers: 300 } }, { high, low: { on: { n1: 1 } } }, ['low -1 @ n1']],
  [
    'a node that is offline does not help',
    { n1: { offline: true }, n2: {} },
    { high: { ...high, waitingMs: 60_000 }, low: { on: { n2: 4 } } },
    ['low -1 @ n2'],
  ],
  [
    'nobody goes for a node that is away for a moment',
    { n1: { offline: true }, n2: {} },
    { high: { ...high, waitingMs: 5_000 }, low: { on: { n2: 4 } } },
    [],
  ],
  ['what already runs needs nobody to go', one, { high: { priority: 100, on: { n1: 1 } }, low: { on: { n1: 3 } } }, []],

  // Whether it would help
  ['nobody goes for what is larger than the node', one, { high: { ...high, takes: 500 }, low: { on: { n1: 4 } } }, []],
  [
    'nobody goes when even all lower ones are not enough',
    one,
    { high: { ...high, takes: 300 }, low: { on: { n1: 2 } }, same: { priority: 100, on: { n1: 2 }, born: 1 } },
    [],
  ],
  [
    'nobody goes when the lower ones are on another node than it may use',
    two,
    { high: { ...high, pool: ['n1'] }, low: { on: { n2: 4 } }, same: { priority: 100, on: { n1: 4 } } },
    [],
  ],
  [
    'nobody goes when memory would be free by declaration but is in use',
    { n1: { used: 150 } },
    { high: { ...high, takes: 300 }, low: { on: { n1: 4 } } },
    [],
  ],
  [
    'as many go as are needed, and no more',
    one,
    { high: { ...high, takes: 200 }, low: { on: { n1: 4 } } },
    ['low -2 @ n1'],
  ],
  [
    'free room counts towards what is needed',
    one,
    { high: { ...high, takes: 200 }, low: { on: { n1: 3 } } },
    ['low -1 @ n1'],
  ],
  [
    'all of one node go for what fills it',
    two,
    { high: { ...high, takes: 380, pool: ['n1'] }, a: { on: { n1: 4 } }, b: { on: { n2: 4 } } },
    ['a -4 @ n1'],
  ],

  // Who goes
  [
    'the lowest priority goes first',
    one,
    { high, low: { priority: 1, on: { n1: 2 } }, lower: { on: { n1: 2 } } },
    ['lower -1 @ n1'],
  ],
  [
    'of one priority the youngest goes first',
    one,
    { high, old: { on: { n1: 2 }, born: 1 }, young: { on: { n1: 2 }, born: 2 } },
    ['young -1 @ n1'],
  ],
  [
    'rather one large instance of a middling priority than two small ones of a low one',
    one,
    { high: { ...high, takes: 200 }, small: { on: { n1: 2 } }, large: { priority: 5, takes: 200, on: { n1: 1 } } },
    ['large -1 @ n1'],
  ],
  [
    'of two ways with as many victims the one with the lower highest priority',
    two,
    { high, a: { priority: 5, on: { n1: 4 }, pool: ['n1'] }, b: { priority: 4, on: { n2: 4 }, pool: ['n2'] } },
    ['b -1 @ n2'],
  ],
  [
    'of two ways with the same highest priority the one with the lower sum',
    two,
    {
      high: { ...high, takes: 380 },
      a: { priority: 5, takes: 200, on: { n1: 1, n2: 1 } },
      b: { priority: 4, takes: 200, on: { n1: 1 }, pool: ['n1'] },
      c: { priority: 3, takes: 200, on: { n2: 1 }, pool: ['n2'] },
    },
    ['a -1 @ n2', 'c -1 @ n2'],
  ],
  [
    'the node with the fewest victims',
    two,
    {
      high: { ...high, takes: 300 },
      a: { on: { n1: 3 }, pool: ['n1'] },
      b: { takes: 300, on: { n2: 1 }, pool: ['n2'] },
    },
    ['b -1 @ n2'],
  ],
  [
    'the node with the youngest victim',
    two,
    { high, a: { on: { n1: 4 }, pool: ['n1'], born: 7 }, b: { on: { n2: 4 }, pool: ['n2'], born: 9 } },
    ['b -1 @ n2'],
  ],
  [
    'the first node when all else is equal',
    two,
    { high, a: { on: { n1: 4 }, pool: ['n1'] }, b: { on: { n2: 4 }, pool: ['n2'] } },
    ['a -1 @ n1'],
  ],
  [
    'higher ones among the lower are spared where a lower one is enough',
    one,
    { high, mid: { priority: 50, on: { n1: 3 } }, low: { on: { n1: 1 } } },
    ['low -1 @ n1'],
  ],
  [
    'the middle goes when the lowest is not enough',
    one,
    { high: { ...high, takes: 200 }, mid: { priority: 50, takes: 300, on: { n1: 1 } }, low: { on: { n1: 1 } } },
    ['mid -1 @ n1'],
  ],

  // What victims may miss
  [
    'rather one that may miss an instance than one that may not',
    one,
    { high, strict: { on: { n1: 2 } }, easy: { priority: 9, on: { n1: 2 }, mayMiss: 1 } },
    ['easy -1 @ n1'],
  ],
  [
    'more victims within their bounds rather than fewer beyond them',
    one,
    {
      high: { ...high, takes: 200 },
      strict: { takes: 200, on: { n1: 1 } },
      a: { on: { n1: 1 }, mayMiss: 1 },
      b: { on: { n1: 1 }, mayMiss: 1 },
    },
    ['a -1 @ n1', 'b -1 @ n1'],
  ],
  ['beyond what it may miss when there is no other way', one, { high, low: { on: { n1: 4 } } }, ['low -1 @ n1']],
  [
    'what is missing already counts against the bound',
    one,
    { high, easy: { wants: 3, on: { n1: 2 }, mayMiss: 1 }, other: { on: { n1: 2 }, mayMiss: 1, priority: 9 } },
    ['other -1 @ n1'],
  ],
  [
    'the fewest beyond the bounds',
    one,
    {
      high: { ...high, takes: 200 },
      strict: { on: { n1: 2 } },
      easy: { priority: 9, on: { n1: 2 }, mayMiss: 1 },
    },
    ['easy -1 @ n1', 'strict -1 @ n1'],
  ],

  // Which instances go
  [
    'from all nodes it may use, one instance of an object on several goes wherever the platform likes',
    two,
    { high, low: { on: { n1: 4, n2: 4 } } },
    ['low -1 @ n1|n2'],
  ],
  [
    'one that is on several nodes leaves the one that is needed',
    two,
    { high: { ...high, pool: ['n1'] }, low: { on: { n1: 1, n2: 3 } }, other: { priority: 200, on: { n1: 3 } } },
    ['low -1 @ n1'],
  ],
  [
    'one instance of a Static object goes with its node',
    two,
    { high: { ...high, takes: 380, pool: ['n2'] }, low: { isStatic: true, on: { n1: 1, n2: 1 } } },
    ['low -1 @ n2'],
  ],
  [
    'a Static object makes others go on its own node only',
    two,
    {
      high: { priority: 9, isStatic: true, wants: 2, on: { n1: 1 } },
      low: { on: { n1: 3, n2: 4 }, pool: ['n1', 'n2'] },
    },
    ['low -4 @ n2'],
  ],
  [
    'during its rollout an object on several nodes is not made to leave one',
    two,
    { high: { ...high, pool: ['n1'] }, low: { on: { n1: 4, n2: 1 }, rolling: true } },
    [],
  ],
  ['an object on one node is, by its size', one, { high, low: { on: { n1: 4 }, rolling: true } }, ['low -1 @ n1']],

  // Ports and disk
  [
    'a port that is taken is room as well',
    one,
    { high: { ...high, port: 80 }, low: { port: 80, on: { n1: 1 } } },
    ['low -1 @ n1'],
  ],
  ['another port is in nobody`s way', one, { high: { ...high, port: 80 }, low: { port: 81, on: { n1: 1 } } }, []],
  [
    'disk is room as well',
    { n1: { disk: 1000 } },
    { high: { ...high, disk: 600 }, low: { disk: 500, on: { n1: 1 } } },
    ['low -1 @ n1'],
  ],
  [
    'what frees memory alone does not help who lacks disk',
    { n1: { disk: 1000 } },
    {
      high: { ...high, disk: 600 },
      low: { on: { n1: 3 } },
      same: { priority: 100, born: -1, disk: 500, on: { n1: 1 } },
    },
    [],
  ],

  // One step at a time
  [
    'one instance at a time makes room',
    one,
    { high: { priority: 100, wants: 3 }, low: { on: { n1: 4 } } },
    ['low -1 @ n1'],
  ],
  ['what is leaving already is waited for', one, { high, low: { on: { n1: 4 }, size: 3, wants: 4 } }, []],
  [
    'what leaves a node is waited for',
    two,
    {
      high: { ...high, pool: ['n1'] },
      low: { on: { n1: 2, n2: 2 }, named: ['n2'], size: 2, wants: 4 },
      x: { on: { n1: 2 } },
    },
    [],
  ],
  [
    'what is being deleted is waited for',
    one,
    { high, low: { on: { n1: 2 }, leaving: true, wants: 0 }, x: { on: { n1: 2 } } },
    [],
  ],
  [
    'nobody more goes while somebody gives up an instance nobody knows where',
    two,
    { high, low: { on: { n1: 4, n2: 4 }, size: 7, wants: 8 } },
    [],
  ],
  [
    'room that is being made for one is not taken for another: a second victim goes',
    one,
    {
      a: { priority: 100, wants: 1 },
      b: { priority: 90, wants: 1 },
      x: { on: { n1: 2 } },
      y: { on: { n1: 2 }, born: 1 },
    },
    ['x -1 @ n1', 'y -1 @ n1'],
  ],
];

describe('who makes way', () => {
  it.each(rows)('%s', (_, nodes, claims, evicted) => {
    expect(evictions(grants(nodes, claims))).toEqual(evicted);
  });

  it('tells for whom, where and what for', () => {
    const granted = grants(two, {
      high: { ...high, pool: ['n1'] },
      low: { on: { n1: 1, n2: 4 } },
      x: { on: { n1: 3 } },
    });
    expect(granted.get('low')).toMatchObject({
      instances: 4,
      nodes: ['n2'],
      eviction: { to: 'high', nodes: ['n1'], leaves: 'n1' },
    });
    expect(granted.get('low')?.eviction?.message).toBe(
      '1 of 5 instances made way to high (priority 100) on n1, which needs 100Mi of memory',
    );
    expect(granted.get('high')).toMatchObject({ instances: 0, shortage: { missing: 1 } });
    expect(granted.get('high')?.shortage?.message).toContain('low (priority 0) makes way on n1');
  });

  it('takes many small ones where there are too many to try every choice', () => {
    const small: Record<string, Sketch> = {};
    for (let index = 0; index < 40; index++) small[`s${index}`] = { takes: 10, on: { n1: 1 }, born: index };
    const evicted = evictions(grants(one, { high: { ...high, takes: 55 }, ...small }));
    expect(evicted).toHaveLength(6);
    expect(evicted).toContain('s39 -1 @ n1');
    expect(evicted).not.toContain('s0 -1 @ n1');
  });
});
