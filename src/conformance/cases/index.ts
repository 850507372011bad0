import type { Case } from '../case.ts';

/** Every row of the catalogue, in its order: that is the order in which rows are played and shown. */
export const cases: readonly Case[] = [];
