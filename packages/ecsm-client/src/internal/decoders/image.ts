import type { ImageConfigData, ImageCount, ImageDetail, ImageRow, ImageSummary } from '../../wire/image.js';
import { type Check, fields, flag, key, nullableText, number, object, optional, or, text } from '../decode.js';

const someText = or(text, '');
const nullableObject: Check<unknown> = (value, at) =>
  value === null || value === undefined ? null : object(value, at);

const common = {
  id: text,
  name: key,
  tag: text,
  os: someText,
  arch: someText,
  createdTime: someText,
  size: or(number, 0),
  author: nullableText,
  pulled: or(flag, false),
};

/** A row of the image list. */
export const imageRow = fields<ImageRow>({ ...common, description: optional(text), ociVersion: optional(text) });

/** One image. */
export const imageDetail = fields<ImageDetail>({
  ...common,
  path: someText,
  rawConfig: someText,
  config: nullableObject,
  ociVersion: someText,
  hostname: nullableText,
  delete: or(flag, false),
});

/** An image's configuration, one level down. */
export const imageConfig = fields<ImageConfigData>({ config: nullableObject });

/** How many images there are. */
export const imageSummary = fields<ImageSummary>({ local: number, remote: number });

/** How many images a registry has. */
export const imageCount = fields<ImageCount>({
  count: number,
  registryId: key,
  registryName: someText,
  status: optional(flag),
  standard: optional(flag),
});
