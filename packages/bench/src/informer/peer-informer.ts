import {
  CustomObjectsApi,
  KubeConfig,
  makeInformer,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
  type ObjectCache,
} from '@kubernetes/client-node';

/** Informers of the Kubernetes client on one list of a server, ready to be made and started. */
export function peerInformers(
  server: string,
  plural: string,
): () => Informer<KubernetesObject> & ObjectCache<KubernetesObject> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'local', server, skipTLSVerify: true }, { name: 'nobody' });
  const api = config.makeApiClient(CustomObjectsApi);
  const kind = { group: 'example.dev', version: 'v1', plural };
  const list = async (): Promise<KubernetesListObject<KubernetesObject>> =>
    (await api.listClusterCustomObject(kind)) as KubernetesListObject<KubernetesObject>;
  return () => makeInformer(config, `/apis/example.dev/v1/${plural}`, list);
}
