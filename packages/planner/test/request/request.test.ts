import { describe, expect, it } from 'vitest';

import {
  fromPlatformService,
  imageDrift,
  ownerMarkOf,
  overlayConfig,
  toPlatformRequest,
  describeDrift,
} from '../../src/index.js';
import { detailOf, identity, mark, staticService, webService } from '../helpers.js';

const imageConfig = {
  ociVersion: '1.0.0',
  platform: { os: 'sylixos', arch: 'arm64' },
  process: { args: ['/apps/web'], env: ['PATH=/bin', 'GREETING=image'], cwd: '/', user: { uid: 0, gid: 0 } },
  root: { path: '/rootfs', readonly: false },
  hostname: 'image',
  mounts: [{ destination: '/data', source: '/image', options: ['rx'], vendor: 1 }],
  sylixos: {
    devices: [{ path: '/dev/fb0', access: 'rw' }],
    resources: {
      cpu: { highestPrio: 160, lowestPrio: 250, defaultPrio: 200 },
      itimer: { defaultPrio: 200 },
      memory: { kheapLimit: 2_097_152, memoryLimitMB: 128 },
      kernelObject: { threadLimit: 300, futureLimit: 7 },
    },
    network: { telnetdEnable: true, ftpdEnable: false },
    commands: ['ls'],
  },
};

describe('toPlatformRequest', () => {
  it('keeps every field of the image that the template does not name', () => {
    const { request, findings } = toPlatformRequest(webService(3), imageConfig, { operatorId: 'default' });
    expect(findings).toEqual([]);
    expect(request.image.config).toEqual({
      ...imageConfig,
      hostname: 'web',
      process: { ...imageConfig.process, env: [...imageConfig.process.env, `ECSM_SH_OWNER=${mark}`] },
    });
    expect(request).toMatchObject({ policy: 'dynamic', factor: 3, node: { names: ['a', 'b', 'c'] }, prepull: false });
    expect(request.image).toMatchObject({ ref: 'web@1.0.0#sylixos', action: 'run', autoUpgrade: 'Never' });
  });

  it('lays every field of the template over the image', () => {
    const service = webService(1, {
      upgradeStrategy: { type: 'Larger' },
      template: {
        image: 'web@1.0.0',
        imagePullPolicy: 'Never',
        prepull: true,
        hostname: 'host',
        command: ['/run', '-v'],
        workingDir: '/work',
        env: [
          { name: 'GREETING', value: 'hi' },
          { name: 'NEW', value: 'a=b' },
        ],
        resources: { limits: { memory: '1.5Mi', disk: '2G' } },
        volumeMounts: [
          { name: 'd', hostPath: '/mnt', containerPath: '/data' },
          { name: 'e', hostPath: '/etc/x', containerPath: '/x', readOnly: true },
        ],
        vsoa: {
          password: 's3cret',
          port: 4000,
          healthCheck: {
            path: '/health',
            timeoutSeconds: 1.5,
            periodSeconds: 2,
            initialDelaySeconds: 3,
            failureThreshold: 4,
            livenessProbe: true,
          },
        },
        platformSpecific: {
          action: 'Load',
          root: { readOnly: true },
          platform: { os: 'SylixOS', arch: 'arm' },
          sylixos: {
            devices: [],
            network: { ftpd: true, sshd: true },
            cpu: { highestPrio: 1 },
            memory: { kheapLimit: 5 },
            commands: ['top'],
            affinity: [1],
            kernelObjects: { threadLimit: 0 },
          },
        },
      },
    });
    const { request } = toPlatformRequest(service, imageConfig, { operatorId: 'default' });
    expect(request.prepull).toBe(true);
    expect(request.image).toMatchObject({
      ref: 'web@1.0.0#sylixos',
      action: 'load',
      pullPolicy: 'Never',
      autoUpgrade: 'Larger',
      vsoa: {
        password: 's3cret',
        port: 4000,
        healthPath: '/health',
        healthTimeout: 1500,
        healthInterval: 2000,
        healthStartPeriod: 3000,
        healthRetries: 4,
        livenessProbe: true,
      },
    });
    expect(request.image.config).toEqual({
      ociVersion: '1.0.0',
      platform: { os: 'sylixos', arch: 'arm' },
      process: {
        args: ['/run', '-v'],
        env: ['PATH=/bin', 'GREETING=hi', 'NEW=a=b', `ECSM_SH_OWNER=${mark}`],
        cwd: '/work',
        user: { uid: 0, gid: 0 },
      },
      root: { path: '/rootfs', readonly: true },
      hostname: 'host',
      mounts: [
        { destination: '/data', source: '/mnt', options: ['rw'], vendor: 1 },
        { destination: '/x', source: '/etc/x', options: ['ro'] },
      ],
      sylixos: {
        devices: [],
        resources: {
          cpu: { highestPrio: 1, lowestPrio: 250, defaultPrio: 200 },
          affinity: [1],
          itimer: { defaultPrio: 200 },
          memory: { kheapLimit: 5, memoryLimitMB: 2 },
          disk: { limitMB: 1908 },
          kernelObject: { threadLimit: 0, futureLimit: 7 },
        },
        network: { telnetdEnable: true, ftpdEnable: true, sshdEnable: true },
        commands: ['top'],
      },
    });
  });

  it('names nodes and no factor for a Static service', () => {
    const { request } = toPlatformRequest(staticService(['a', 'b']), {}, { operatorId: 'default' });
    expect(request).toMatchObject({ policy: 'static', node: { names: ['a', 'b'] } });
    expect(request).not.toHaveProperty('factor');
  });

  it('says which fields have no place in a Linux image, and merges what is said for it', () => {
    const service = webService(1, {
      template: {
        image: 'web@1.0.0#linux',
        workingDir: '/w',
        env: [{ name: 'A', value: '1' }],
        command: ['run'],
        resources: { limits: { memory: '1Mi' } },
        platformSpecific: { docker: { publish: [{ hostPort: 80 }], deep: { b: 2 } } },
      },
    });
    const { request, findings } = toPlatformRequest(
      service,
      { deep: { a: 1 }, env: ['B=2'] },
      { operatorId: 'default' },
    );
    expect(findings.map(({ field }) => field)).toEqual([
      'spec.template.workingDir',
      'spec.template.resources.limits.memory',
    ]);
    expect(request.image.config).toEqual({
      deep: { a: 1, b: 2 },
      publish: [{ hostPort: 80 }],
      hostname: 'web',
      cmd: ['run'],
      env: ['B=2', 'A=1', `ECSM_SH_OWNER=${mark}`],
    });
  });

  it('does not write to what it was given', () => {
    const frozen = structuredClone(imageConfig);
    toPlatformRequest(
      webService(1, { template: { image: 'web@1.0.0', env: [{ name: 'A', value: '1' }] } }),
      imageConfig,
      { operatorId: 'default' },
    );
    expect(imageConfig).toEqual(frozen);
  });

  it('is settled after one time: laying the template over the result changes nothing', () => {
    const { template } = webService(1, {
      template: {
        image: 'web@1',
        env: [{ name: 'A', value: '1' }],
        volumeMounts: [{ name: 'x', hostPath: '/x', containerPath: '/y' }],
      },
    }).spec;
    const once = overlayConfig(imageConfig, template, { os: 'sylixos', hostname: 'h', owner: identity }).config;
    expect(overlayConfig(once, template, { os: 'sylixos', hostname: 'h', owner: identity }).config).toEqual(once);
  });
});

describe('imageDrift', () => {
  const service = webService(2, {
    template: {
      image: 'web@1.0.0#sylixos',
      imagePullPolicy: 'IfNotPresent',
      env: [{ name: 'A', value: '1' }],
      vsoa: { password: 'x', port: 0, healthCheck: { path: '/h' } },
    },
  });
  const options = { identity, template: service.spec.template };
  const detail = detailOf(service, imageConfig);
  const withImage = (image: Partial<typeof detail.image>) => ({ ...detail, image: { ...detail.image, ...image } });

  it('finds nothing right after the request', () => {
    expect(imageDrift(detail, options)).toEqual([]);
  });

  it('does not count the mark, a port the platform has chosen, or fields the template does not name', () => {
    const config = { ...detail.image.config, process: { env: ['A=1', 'B=2'] }, ociVersion: '9' };
    expect(
      imageDrift(withImage({ config, vsoa: { ...detail.image.vsoa, port: 30_001, livenessProbe: false } }), options),
    ).toEqual([]);
  });

  it('finds each named field that differs, by its path', () => {
    const config = { ...detail.image.config, hostname: 'other', process: { env: ['A=2'] } };
    const drift = imageDrift(
      withImage({ config, action: 'load', ref: 'web@2.0.0#sylixos', pullPolicy: 'Always', autoUpgrade: 'Always' }),
      options,
    );
    expect(drift.map(({ field }) => field)).toEqual([
      'image.ref',
      'image.action',
      'image.autoUpgrade',
      'image.pullPolicy',
      'image.config.process.env',
      'image.config.hostname',
    ]);
  });

  it("leaves the tag to the platform's own upgrade", () => {
    const upgraded = withImage({ ref: 'web@1.1.0#sylixos', autoUpgrade: 'Larger' });
    expect(imageDrift(upgraded, { ...options, upgradeStrategy: { type: 'Larger' } })).toEqual([]);
    const other = withImage({ ref: 'other@1.0.0#sylixos', autoUpgrade: 'Larger' });
    expect(imageDrift(other, { ...options, upgradeStrategy: { type: 'Larger' } }).map(({ field }) => field)).toEqual([
      'image.ref',
    ]);
  });

  it('keeps secrets out of its words', () => {
    const drift = imageDrift(
      withImage({
        vsoa: { ...detail.image.vsoa, password: 'stolen' },
        config: { ...detail.image.config, process: { env: ['A=hidden'] } },
      }),
      options,
    );
    expect(drift).toHaveLength(2);
    expect(describeDrift(drift)).not.toMatch(/stolen|hidden|"x"/);
  });
});

describe('fromPlatformService', () => {
  it('makes a manifest that takes the live service over as it is', () => {
    const service = webService(2, {
      template: {
        image: 'web@1.0.0#sylixos',
        env: [{ name: 'A', value: '1' }],
        vsoa: { port: 4000, healthCheck: { path: '/h', timeoutSeconds: 1.5 } },
      },
    });
    const detail = detailOf(service, imageConfig);
    const manifest = fromPlatformService(detail);
    expect(manifest.metadata).toEqual({
      name: 'web',
      namespace: 'default',
      annotations: { 'ecsm.sh/adopt': detail.id },
    });
    expect(JSON.stringify(manifest)).not.toContain('ECSM_SH_OWNER');
    expect(manifest.spec.deploymentStrategy).toEqual({ type: 'Dynamic', replicas: 2, nodePool: ['a', 'b', 'c'] });
    expect(imageDrift(detail, { identity, template: manifest.spec.template })).toEqual([]);
    expect(ownerMarkOf(detail.image.config)).toBe(mark);
  });

  it('names what the service has otherwise than its image, so that laid over the image it is the same again', () => {
    const config = {
      ...imageConfig,
      root: { path: '/rootfs', readonly: true },
      mounts: [
        ...imageConfig.mounts,
        { destination: '/logs', source: '/mnt/logs', options: ['rw'] },
        { destination: '/keys', source: '/etc/keys', options: ['ro'] },
      ],
      sylixos: {
        devices: [],
        resources: {
          cpu: { highestPrio: 100, lowestPrio: 250, defaultPrio: 200 },
          affinity: [0, 1],
          itimer: { defaultPrio: 200 },
          memory: { kheapLimit: 4_194_304, memoryLimitMB: 64 },
          disk: { limitMB: 512 },
          kernelObject: { threadLimit: 20, futureLimit: 7 },
        },
        network: { telnetdEnable: false, ftpdEnable: false },
        commands: ['ls', 'exec'],
      },
    };
    const detail = detailOf(webService(1), imageConfig);
    const live = { ...detail, image: { ...detail.image, config } };
    const { template } = fromPlatformService(live, { imageConfig }).spec;
    expect(template).toMatchObject({
      resources: { limits: { memory: '64Mi', disk: '512Mi' } },
      volumeMounts: [
        { name: 'volume-2', hostPath: '/mnt/logs', containerPath: '/logs' },
        { name: 'volume-3', hostPath: '/etc/keys', containerPath: '/keys', readOnly: true },
      ],
      platformSpecific: {
        action: 'Run',
        root: { readOnly: true },
        sylixos: {
          devices: [],
          network: { telnetd: false },
          cpu: { highestPrio: 100 },
          memory: { kheapLimit: 4_194_304 },
          commands: ['ls', 'exec'],
          affinity: [0, 1],
          kernelObjects: { threadLimit: 20 },
        },
      },
    });
    const again = (given: typeof template) => overlayConfig(imageConfig, given, { os: 'sylixos' }).config;
    expect(again(template)).toEqual(config);
    expect(again(fromPlatformService(live).spec.template)).toEqual(config);
    const asImage = fromPlatformService(detail, { imageConfig }).spec.template;
    expect(Object.keys(asImage)).not.toContain('resources');
    expect(asImage.platformSpecific).toEqual({ action: 'Run' });
  });

  it('keeps what a Linux service has otherwise than its image', () => {
    const own = { cmd: ['/run'], env: ['A=1'], memory: 1, labels: { a: 'b' } };
    const config = { ...own, memory: 64, binds: ['/mnt:/data'] };
    const detail = detailOf(staticService(['a']));
    const live = { ...detail, image: { ref: 'w@1#linux', action: 'run' as const, config } };
    const { template } = fromPlatformService(live, { imageConfig: own }).spec;
    expect(template.platformSpecific?.docker).toEqual({ memory: 64, binds: ['/mnt:/data'] });
    expect(overlayConfig(own, template, { os: 'linux' }).config).toEqual(config);
  });

  it('makes a fit name of a stranger', () => {
    const detail = {
      ...detailOf(staticService(['a'])),
      name: 'C_Worker@1.1.0',
      image: { ref: 'w@1#linux', action: 'load' as const, config: { env: ['A=1'] } },
    };
    const manifest = fromPlatformService(detail, { adopt: false });
    expect(manifest.metadata).toEqual({ name: 'c-worker-1-1-0' });
    expect(manifest.spec).toMatchObject({
      deploymentStrategy: { type: 'Static', nodes: ['a'] },
      template: { env: [{ name: 'A', value: '1' }], platformSpecific: { action: 'Load' } },
    });
  });
});
