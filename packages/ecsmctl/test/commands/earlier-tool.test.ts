import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine } from '../helpers/command-line.js';
import { TestPlatform } from '../helpers/platform.js';

describe('every command of the earlier tool', () => {
  let platform: TestPlatform;
  let line: CommandLine;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    platform = await TestPlatform.start();
    line = await CommandLine.create();
    line.platformUrl = platform.url;
    ids['SERVICE-ID'] = await platform.service('web');
    const first = async (type: string, path: string): Promise<string> =>
      (await line.ok('get', type, '-o', `jsonpath={.items[0].${path}}`)).trim();
    ids['NODE-ID'] = await first('nodes', 'id');
    ids['IMAGE-ID'] = await first('images', 'id');
    ids['CONTAINER'] = await first('containers', 'name');
  });
  afterAll(async () => {
    await line[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  });

  const nodeColumns = /^NAME +STATUS +ADDRESS +TYPE +ARCH +CONTAINERS +UPTIME\n/;
  const imageColumns = /^NAME +TAG +OS +ARCH +SIZE\(MB\) +CREATED\n/;
  const serviceColumns = /^NAME +DEPLOY_STATUS +POLICY +ONLINE +DESIRED +IMAGE +ID\n/;
  const containerColumns = /^NAME +STATUS +RESTARTS +IMAGE +SERVICE +NODE\n/;
  const nodeSections = /^Name: +worker-1\nID: .*\nStatus: +online[\s\S]*\nMetrics:\n {2}Uptime[\s\S]*Containers:/;
  const imageSections =
    /^Name: +web\nID: .*\nTag: +1\.0\.0\nPath: [\s\S]*OCI Version: [\s\S]*Pulled: [\s\S]*Configuration:/;
  const serviceSections =
    /^Name: +web\nID: .*\nDeploy Status: +complete\nHealthy: [\s\S]*Deployment:[\s\S]*Image:[\s\S]*Nodes:[\s\S]*Containers:/;
  const containerSections =
    /^Name: [\s\S]*Task ID: [\s\S]*Controlled By: [\s\S]*Runtime Info:[\s\S]*Resource Usage:[\s\S]*History:/;

  it.each<[string, RegExp]>([
    ['get nodes', nodeColumns],
    ['get node', nodeColumns],
    ['get no -p 1', nodeColumns],
    ['get nodes --page 1 --page-size 2', nodeColumns],
    ['get nodes -s 2', nodeColumns],
    ['get nodes --name worker-1', nodeColumns],
    ['get nodes --basic', nodeColumns],
    ['get images', imageColumns],
    ['get image --registry-id local', imageColumns],
    ['get img --name web --os linux --author demo', imageColumns],
    ['get images -A', imageColumns],
    ['get images --all', imageColumns],
    ['get images --page 1 --page-size 3', imageColumns],
    ['get services', serviceColumns],
    ['get service --name we', serviceColumns],
    ['get svc --node-id NODE-ID', serviceColumns],
    ['get services --image-id IMAGE-ID', /^(NAME|$)/],
    ['get services -A', serviceColumns],
    ['get services --all --page-size 5', serviceColumns],
    ['get services --page 1', serviceColumns],
    ['get containers', containerColumns],
    ['get container --service web', containerColumns],
    ['get co --service SERVICE-ID --node worker-1', containerColumns],
    ['get containers --node NODE-ID', containerColumns],
    ['get containers -A', containerColumns],
    ['describe node worker-1', nodeSections],
    ['describe node NODE-ID', nodeSections],
    ['describe image web@1.0.0#sylixos', imageSections],
    ['describe img web@1.0.0#sylixos --registry-id local', imageSections],
    ['describe service web', serviceSections],
    ['describe svc SERVICE-ID', serviceSections],
    ['describe container CONTAINER', containerSections],
    ['describe co CONTAINER', containerSections],
  ])('%s', async (text, expected) => {
    const args = text.split(' ').map((word) => ids[word] ?? word);
    expect(await line.ok(...args)).toMatch(expected);
  });

  it('takes its host, port and protocol from the variables of that tool', async () => {
    const { hostname, port } = new URL(platform.url);
    const env = { ECSMCTL_PLATFORM_URL: '', ECSMCLI_HOST: hostname, ECSMCLI_PORT: port, ECSMCLI_PROTOCOL: 'http' };
    expect((await line.run(['get', 'nodes'], { env })).stdout).toMatch(nodeColumns);
  });

  it('says when there is nothing', async () => {
    expect(await line.run(['get', 'images', '--name', 'nothing'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No images found.\n',
    });
  });
});
