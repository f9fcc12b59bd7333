/** Says "no slot" where a slot is named. */
export const noSlot = -1;
