import { loadTargetProfile } from '../scenario/find.ts';
import type { Adapter } from '../wire/dialogue.ts';
import { UsageError } from '../wire/usage.ts';
import { wallClock } from '../world/real/clock.ts';
import { loadAdapter } from '../world/real/load/adapter.ts';
import { adviceAbout, canConnect } from '../world/real/stage/reach.ts';
import { exitCodes } from './exit.ts';
import { type Io, printErrors, tell } from './print.ts';
import { hide, Talker, transcript } from './profile-talk.ts';
import { StepFailed, Walk } from './profile-walk.ts';
import { readGiven, type TargetWords } from './target.ts';

/** What `pollmark profile check` was asked. */
export interface ProfileCheckOptions extends Omit<TargetWords, 'profile'> {
  /** A name or file. */
  readonly profile: string;
  readonly target: URL;
}

const connectPatienceMs = 3000;
/**
 * `pollmark profile check`: goes through one conversation, and prints step by step what it understood.
 * @returns 0, or 2 when the target does not speak as the profile says
 * @throws UsageError (2) when the profile is wrong by itself, (3) when the target cannot be reached
 */
export async function checkProfileAgainst(options: ProfileCheckOptions, io: Io): Promise<number> {
  const { profile: written, adapter: path } = loadTargetProfile(options.profile, io.cwd);
  const given = readGiven({ ...options, profile: written }, io);
  const { origin } = options.target;
  const problem = await canConnect(origin, connectPatienceMs, given.tls);
  if (problem !== undefined)
    throw new UsageError(`cannot reach ${origin} (${problem}). ${adviceAbout(problem)}`, 3);
  let adapter: Adapter | undefined;
  try {
    adapter = path === undefined ? undefined : await loadAdapter(path);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const say = (line: string): void => tell(io, hide(line, given.secrets), 'out');
  const profile = { ...written, vars: given.vars };
  const talker = (): Talker => new Talker(origin, given.headers, given.tls);
  const walk = new Walk(profile, adapter, talker, say, wallClock());
  say(`${profile.name}${profile.untried === true ? ' (untried)' : ''} at ${origin}`);
  try {
    await walk.go();
    say(`\nok: ${profile.name} speaks with this target`);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    printErrors(io, [hide(error.message, given.secrets)]);
    if (error.talk !== undefined) tell(io, transcript(error.talk, given.secrets).join('\n'));
    return exitCodes.usage;
  } finally {
    walk.end();
  }
}
