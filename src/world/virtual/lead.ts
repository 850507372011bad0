/** Between the last subscription and the first possible publish, as in the real world, milliseconds. */
export const leadMs = 100;
