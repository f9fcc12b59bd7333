/** Stands in for the global of that name in the bundle: the first use of Node's loads all of node:perf_hooks. */
export const performance = { now: () => Number(process.hrtime.bigint()) / 1e6 };
