import type { RecordDetail, RecordRow } from '../../wire/record.js';
import { fields, isJsonObject, key, listOf, number, optional, or, text } from '../decode.js';

const someText = or(text, '');

/** A row of the records of a service. */
export const recordRow = fields<RecordRow>({
  id: key,
  name: text,
  cmd: someText,
  createdTime: someText,
  image: someText,
});

/** One record. */
export const recordDetail = fields<RecordDetail>({
  name: text,
  image: (value, at) =>
    // Some servers send the reference alone, as in the list.
    fields({ ref: text, pullPolicy: optional(text), autoUpgrade: optional(text) })(
      isJsonObject(value) ? value : { ref: value },
      at,
    ),
  action: someText,
  policy: someText,
  factor: or(number, 0),
  cmd: (value, at) => listOf(text)(typeof value === 'string' ? [value] : value, at),
  createdTime: someText,
});
