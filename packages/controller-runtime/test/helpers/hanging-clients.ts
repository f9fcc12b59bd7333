import type { KindDefinition, ResourceClients } from '@ecsm/api-types';

/** Clients whose calls of one method never answer, for the kinds of which that is said when they are called. */
export function hangingClients(
  clients: ResourceClients,
  verb: 'create' | 'update',
  hangs: (kind: Pick<KindDefinition, 'kind'>) => boolean,
): ResourceClients {
  return {
    resource: (kind) =>
      new Proxy(clients.resource(kind), {
        get: (client, name) => {
          if (name === verb && hangs(kind)) return () => new Promise<never>(() => undefined);
          const value: unknown = Reflect.get(client, name, client);
          return typeof value === 'function' ? (value.bind(client) as unknown) : value;
        },
      }),
  };
}
