import { describe } from 'vitest';
import { describeApply } from './contract/apply.contract.js';
import { describeCreate } from './contract/create.contract.js';
import { describeDelete } from './contract/delete.contract.js';
import { describeRead } from './contract/read.contract.js';
import { describeUpdate } from './contract/update.contract.js';
import { describeWatch } from './contract/watch.contract.js';
import { implementations } from './helpers/implementations.js';

describe.each(implementations)('a registry over $name', ({ open }) => {
  describeCreate(open);
  describeUpdate(open);
  describeDelete(open);
  describeApply(open);
  describeRead(open);
  describeWatch(open);
});
