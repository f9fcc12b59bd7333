import { withoutCredentials } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

describe('withoutCredentials', () => {
  it.each([
    ['http://10.0.0.5:3001', 'http://10.0.0.5:3001'],
    ['http://me:secret@10.0.0.5:3001', 'http://***@10.0.0.5:3001'],
    ['http://me:se/cr@et@10.0.0.5', 'http://***@10.0.0.5'],
    ['ftp://me:secret@x', 'ftp://***@x'],
    ['me:secret@x', '***@x'],
    ['//me:secret@x', '//***@x'],
    ['http://me:se cr\net@x', 'http://***@x'],
    ['@daily', '@daily'],
  ])('shows %s as %s', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
  });
});
