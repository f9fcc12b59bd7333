// A stand-in for the platform in a process of its own, so that its CPU time is not the client's:
// `GET /list` is a fixed page of 20 KB, the rest answers like a cluster of 20 nodes, 1,000 services and 5,000 containers.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { envelopeOf, pageOf } from '@ecsm/ecsm-client/testing';

const serviceRow = (index: number) => ({
  id: `b1f6dd9a-70a5-4fc9-a6d1-${String(index).padStart(12, '0')}`,
  name: `service-${index}-5f3a9c21-07be44d1`,
  status: 'complete',
  createdTime: '2025-01-14 09:12:33',
  updatedTime: '2025-01-14 09:12:40',
  imageList: [{ name: 'worker', os: 'sylixos', tag: '1.1.0' }],
  nodeList: [{ nodeId: '7f2e', nodeName: 'worker-1', address: '192.168.31.129:1112' }],
  containerStatusGroup: ['running'],
  factor: 5,
  policy: 'dynamic',
  errorInstance: [],
  instanceOnline: 5,
  instanceActive: 5,
  defaultLabels: [],
  pathLabel: '',
});

const services = Array.from({ length: 1000 }, (_, index) => serviceRow(index));
const nodes = Array.from({ length: 20 }, (_, index) => ({
  id: `3bd1ad7a-4f52-4f0b-a3a9-${String(index).padStart(12, '0')}`,
  name: `worker-${index}`,
  address: `10.0.0.${index}:1112`,
  status: 'online',
  type: 'SylixOS',
  tls: false,
  createdTime: '2025-01-14 09:12:33',
  arch: 'arm64',
}));
const containers = Array.from({ length: 5000 }, (_, index) => ({
  id: String(index).padStart(64, '0'),
  taskId: `9a0b6c1d-1111-4f0b-a3a9-${String(index).padStart(12, '0')}`,
  name: `container-${index}`,
  status: 'running',
  uptime: 100,
  startedTime: '2025-01-14 09:12:33',
  createdTime: '2025-01-14 09:12:33',
  taskCreatedTime: '2025-01-14 09:12:33',
  deployStatus: 'success',
  failedMessage: null,
  restartCnt: 0,
  deployNum: 1,
  cpuUsage: { total: 3.5, cores: [3.5] },
  memoryLimit: 1e9,
  memoryUsage: 1e8,
  memoryMaxUsage: 1e8,
  sizeUsage: 1e6,
  sizeLimit: 1e9,
  serviceId: services[index % 1000]?.id,
  serviceName: services[index % 1000]?.name,
  nodeId: nodes[index % 20]?.id,
  nodeName: nodes[index % 20]?.name,
  address: nodes[index % 20]?.address,
  nodeArch: 'arm64',
  imageId: 'img',
  imageName: 'worker',
  imageVersion: '1.1.0',
  imageOS: 'sylixos',
  imageArch: 'arm64',
}));

const rows = services.slice(0, 100);
while (JSON.stringify(envelopeOf(pageOf(rows))).length > 20_480) rows.pop();
const list = JSON.stringify(envelopeOf(pageOf(rows)));

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://host');
  response.setHeader('content-type', 'application/json');
  const query = url.searchParams;
  const pageNum = Number(query.get('pageNum'));
  const pageSize = Number(query.get('pageSize'));
  const page = (all: readonly unknown[]) => {
    const slice = all.slice((pageNum - 1) * pageSize, pageNum * pageSize);
    response.end(JSON.stringify(envelopeOf(pageOf(slice, { total: all.length, pageNum, pageSize }))));
  };
  switch (url.pathname) {
    case '/list/api/v1/service':
      response.end(list);
      break;
    case '/api/v1/service':
      page(services);
      break;
    case '/api/v1/node':
      page(nodes);
      break;
    case '/api/v1/container/node': {
      const wanted = new Set(query.getAll('nodeIds[]'));
      page(containers.filter((container) => wanted.has(container.nodeId ?? '')));
      break;
    }
    case '/api/v1/container/service': {
      const wanted = new Set(query.getAll('serviceIds[]'));
      page(containers.filter((container) => wanted.has(container.serviceId ?? '')));
      break;
    }
    default:
      response.statusCode = 404;
      response.end('{}');
      break;
  }
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
