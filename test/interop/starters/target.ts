import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exit } from './child.ts';

/** Where everything of the interop tests lies. */
export const interopFolder = join(import.meta.dirname, '..');

/** How pollmark itself can start such a server again: `process` of a profile. */
export interface ProcessFacts {
  readonly start: readonly string[];
  readonly cwd: string;
  readonly ready: { readonly output: string } | { readonly status: number; readonly url: string };
  readonly stopSignal: NodeJS.Signals;
  readonly pid: number;
}

/** Somebody else's server, running. */
export interface Target {
  /** Of the server; its profile may be called otherwise. */
  readonly name: string;
  /** A shipped profile, by name. */
  readonly profile: string;
  readonly origin: string;
  readonly version: string;
  /** What was set otherwise than the server's own default, in words. */
  readonly configuration: string;
  readonly process: ProcessFacts;
  /** How this server is set up otherwise than its profile says: fields of the profile, as `-s` takes them. */
  readonly overrides: readonly string[];
  readonly exited: Promise<Exit>;
  /** Ends it and takes its private folder away; SIGTERM unless said otherwise. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** A server that can be started here, or the reason why it cannot. */
export interface Starter {
  readonly name: string;
  /** What is not installed, and how to install it; undefined when everything is there. */
  missing(): string | undefined;
  start(): Promise<Target>;
}

/** A checked-in configuration with the facts of this one run filled in. */
export function configurationText(name: string, facts: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(join(interopFolder, 'configurations', name), 'utf8');
  return Object.entries(facts).reduce((t, [key, value]) => t.replaceAll(`{${key}}`, String(value)), text);
}
