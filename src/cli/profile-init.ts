import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../wire/usage.ts';
import { adviceAbout, canConnect } from '../world/real/stage/reach.ts';
import type { Io } from './print.ts';
import { draftProfile, type Finding } from './profile-draft.ts';
import { Talker } from './profile-talk.ts';
import { readGiven, type TargetWords } from './target.ts';

/** What `pollmark profile init` was asked. */
export interface ProfileInitOptions extends Omit<TargetWords, 'profile'> {
  readonly target: URL;
  /** The file to write; null: stdout. */
  readonly out: string | null;
}

const connectPatienceMs = 3000;
/** A question that is not answered by then is taken for one that is held. */
const heldAfterMs = 1000;
/** Where pollable servers tend to answer. Each is asked by one GET, and nothing is published. */
const usualPaths = ['/', '/subscribe', '/poll', '/events', '/sync', '/messages'];

/**
 * `pollmark profile init`: asks a server a few harmless questions, and writes a commented profile to begin with.
 * @throws UsageError (2) when the file is there already, (3) when the target cannot be reached
 */
export async function initProfile(options: ProfileInitOptions, io: Io): Promise<number> {
  const { target, out } = options;
  const file = out === null ? null : resolve(io.cwd, out);
  if (file !== null && existsSync(file))
    throw new UsageError(`${out} exists already; choose another file with --out`);
  const given = readGiven({ ...options, profile: null }, io);
  const problem = await canConnect(target.origin, connectPatienceMs, given.tls);
  if (problem !== undefined)
    throw new UsageError(`cannot reach ${target.origin} (${problem}). ${adviceAbout(problem)}`, 3);

  const findings: Finding[] = [];
  for (const path of usualPaths) {
    // Each on a connection of its own: the one before may be broken off in the middle of a hold.
    const talker = new Talker(target.origin, given.headers, given.tls);
    const request = { method: 'GET', path, headers: {}, body: undefined };
    findings.push({ path, talk: await talker.send(request, heldAfterMs).ended });
    talker.close();
  }
  const names = options.headers.map(({ name, value }) => ({ name, value }));
  const text = draftProfile(target.origin, findings, names);
  if (file === null) io.out(text);
  else {
    try {
      writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      throw new UsageError(`cannot write ${out} (${(error as NodeJS.ErrnoException).code})`);
    }
    io.err(`wrote ${out}; fill it in, then: pollmark profile check ${out} --target ${target.origin}\n`);
  }
  return 0;
}
