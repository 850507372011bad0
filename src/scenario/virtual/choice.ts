/** `exact`: all clients together, in the order of time. `alone`: each by itself, to the end. */
export const engineChoices = ['auto', 'exact', 'alone'] as const;
export type EngineChoice = (typeof engineChoices)[number];
