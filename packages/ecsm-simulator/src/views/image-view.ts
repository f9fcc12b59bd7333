import type { ImageDetail, ImageRow } from '@ecsm/ecsm-client';

import type { Image } from '../cluster/model.js';
import { formatImageTime } from '../internal/time-format.js';

/** An image in the list. */
export function imageRow(image: Image): ImageRow {
  return {
    id: image.id,
    name: image.name,
    tag: image.tag,
    os: image.os,
    arch: image.arch,
    createdTime: formatImageTime(image.createdMs),
    size: image.sizeMB,
    author: image.author,
    pulled: image.registryId === 'local',
    description: image.description,
    ociVersion: '1.0.0',
  };
}

/** An image by id. */
export function imageDetail(image: Image): ImageDetail {
  const { hostname } = image.config;
  return {
    id: image.id,
    name: image.name,
    tag: image.tag,
    path: `${image.name}/${image.tag}`,
    os: image.os,
    arch: image.arch,
    createdTime: formatImageTime(image.createdMs),
    size: image.sizeMB,
    author: image.author,
    rawConfig: JSON.stringify(image.config),
    config: image.config,
    ociVersion: '1.0.0',
    hostname: typeof hostname === 'string' ? hostname : null,
    pulled: image.registryId === 'local',
    delete: false,
  };
}
