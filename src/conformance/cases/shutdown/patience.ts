/** Within this a server that was told to stop has ended, milliseconds. */
export const exitMs = 10_000;
