import { apiVersionOf, ECSMHpa, ECSMService, type Manifest } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { autoscaleFlags } from '../definitions/write.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printWritten } from '../output/print-written.js';
import { label, oneObject, withHint } from '../resources/one-object.js';
import { writeOptions } from '../resources/write-options.js';

/** Creates an autoscaler for a service. */
export const autoscale: Handler<typeof autoscaleFlags> = async (invocation, flags) => {
  const format = flags.output === undefined ? undefined : parseOutputFormat(flags.output);
  if (flags.max === undefined) throw new UsageError('up to how many? --max is missing', 'for example --max 8');
  const target = await oneObject(invocation, invocation.args, 'autoscale');
  if (target.kind.plural !== ECSMService.plural) throw new UsageError('only ecsmservices can be scaled by load');
  const service = await withHint(invocation, target, () =>
    target.client.get(target.name, { signal: invocation.signal }),
  );
  const refused = target.kind.subresources.scale?.refuse?.(service);
  if (refused !== undefined) throw new CliError(`${label(target)} cannot be scaled by load: ${refused}`);
  const percent = flags['cpu-percent'];
  const manifest: Manifest<ECSMHpa> = {
    apiVersion: apiVersionOf(ECSMHpa),
    kind: ECSMHpa.kind,
    metadata: { name: flags.name ?? target.name },
    spec: {
      scaleTargetRef: { apiVersion: apiVersionOf(ECSMService), kind: ECSMService.kind, name: target.name },
      minReplicas: flags.min,
      maxReplicas: flags.max,
      ...(percent === undefined
        ? {}
        : {
            metrics: [
              {
                type: 'Resource',
                resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
              },
            ],
          }),
    },
  };
  const { namespace } = await invocation.settings();
  const registry = await invocation.registry();
  const object = await registry
    .resource(ECSMHpa)
    .namespace(namespace)
    .create(manifest, writeOptions(invocation, flags));
  await printWritten(
    invocation,
    { kind: (await invocation.scheme()).kindOf(object), object, outcome: 'created' },
    format,
    flags,
  );
};
