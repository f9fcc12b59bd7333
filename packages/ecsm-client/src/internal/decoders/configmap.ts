import type { ConfigMapRow } from '../../wire/configmap.js';
import { fields, key, text } from '../decode.js';

/** A configuration item; its value is passed on as it is. */
export const configMapRow = fields<ConfigMapRow>({ id: text, key, type: text });
