import { pathToFileURL } from 'node:url';
import type { Adapter } from '../../../wire/dialogue.ts';

/** Loads the adapter module of a profile. @throws Error in plain words when it is none */
export async function loadAdapter(path: string): Promise<Adapter> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new Error(`the adapter ${path} cannot be loaded: ${(error as Error).message}`);
  }
  if (typeof loaded.default !== 'function')
    throw new Error(`the adapter ${path} has no function as its default export`);
  return loaded.default as Adapter;
}
