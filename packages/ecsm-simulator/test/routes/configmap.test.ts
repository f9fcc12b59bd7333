import { expect, it } from 'vitest';

import { anyText } from '../helpers/matchers.js';
import { startSimulator } from '../helpers/start.js';

it('stores, lists as a plain array, gives bare values, changes and deletes', async () => {
  const { api } = await startSimulator();
  expect(await api.data('POST', '/configmap', { key: 'rate', type: 'number', value: 5 })).toBeNull();
  await api.data('POST', '/configmap', { key: 'title', type: 'string', value: 'x' });
  const rows = await api.data<{ id: string; key: string }[]>('GET', '/configmap?pageNum=1&pageSize=10&key=ra');
  expect(rows).toEqual([{ id: anyText, key: 'rate', type: 'number', value: 5 }]);
  await api.data('PUT', '/configmap', { id: rows[0]!.id, key: 'rate', type: 'json', value: { a: [1] } });
  expect(await api.data('GET', '/configmap/key?key=rate')).toEqual({ a: [1] });
  await api.data('DELETE', `/configmap/${rows[0]!.id}`);
  expect((await api.call('GET', '/configmap/key?key=rate')).status).toBe(404);
});

it('refuses a second item of the same key, an unknown type and a value of another type', async () => {
  const { api } = await startSimulator();
  const status = async (body: unknown): Promise<number> => (await api.call('POST', '/configmap', body)).status;
  expect(await status({ key: 'a', type: 'string', value: 'x' })).toBe(200);
  expect(await status({ key: 'a', type: 'string', value: 'y' })).toBe(409);
  expect(await status({ key: 'b', type: 'yaml', value: 'y' })).toBe(400);
  expect(await status({ key: 'b', type: 'number', value: 'y' })).toBe(400);
  expect(await status({ key: 'b', type: 'json' })).toBe(400);
});
