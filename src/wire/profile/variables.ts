import { variablesWithin } from '../template.ts';
import { nearest } from '../usage.ts';
import { requestsOf, variablesOfRequest } from './requests.ts';
import type { Profile } from './schema.ts';

/** Set by whoever sends a request. */
const givenVariables = ['channel', 'client', 'message', 'nonce', 'wait', 'max', 'id'] as const;

export interface Complaint {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Variables that some part of the profile sets. */
function setVariables(profile: Profile): Set<string> {
  const { vars, regular, open, cursor, starts, counters } = profile;
  return new Set([
    ...givenVariables,
    ...Object.keys(vars),
    ...Object.keys(regular?.vars ?? {}),
    ...open.flatMap(({ capture }) => capture.map((each) => each.var)),
    ...cursor.map((each) => each.var),
    ...Object.keys(starts.now ?? {}),
    ...Object.keys(starts.oldest ?? {}),
    ...Object.keys(counters),
  ]);
}

/** What no single field can show to be wrong: names that nothing sets, counters that are none, unknown bases. */
export function crossChecks(profile: Profile): Complaint[] {
  const known = setVariables(profile);
  const complaints: Complaint[] = [];
  const complain = (path: Complaint['path'], message: string): void =>
    void complaints.push({ path, message });
  const check = (path: Complaint['path'], names: readonly string[], extra: readonly string[] = []): void => {
    for (const name of new Set(names)) {
      const counter = name.endsWith('++') ? name.slice(0, -2) : undefined;
      const found = counter === undefined ? known.has(name) : Object.hasOwn(profile.counters, counter);
      if (found || extra.includes(name)) continue;
      const possible = counter === undefined ? [...known, ...extra] : Object.keys(profile.counters);
      const meant = nearest(counter ?? name, possible);
      const hint =
        meant === undefined ? `there are ${possible.join(', ') || 'none'}` : `did you mean {${meant}}?`;
      complain(path, `no ${counter === undefined ? 'variable' : 'counter'} {${counter ?? name}}; ${hint}`);
    }
  };
  for (const { path, request } of requestsOf(profile)) {
    check(path, variablesOfRequest(request));
    if (request.base !== undefined && !Object.hasOwn(profile.bases, request.base)) {
      const bases = Object.keys(profile.bases);
      const meant = nearest(request.base, bases);
      const hint =
        meant === undefined ? `there are ${bases.join(', ') || 'none'}` : `did you mean "${meant}"?`;
      complain([...path, 'base'], `no base "${request.base}"; ${hint}`);
    }
    if (JSON.stringify(request).includes('$' + '{env:'))
      complain(
        path,
        'a secret of the environment stands only in headers and vars; name a variable of vars here',
      );
  }
  for (const [name, base] of Object.entries(profile.bases)) check(['bases', name], variablesWithin(base));
  const { jsonp } = profile.payload;
  if (jsonp !== undefined) check(['payload', 'jsonp', 'url'], variablesWithin(jsonp.url), ['callback']);
  for (const [i, argument] of (profile.process?.start ?? []).entries())
    check(['process', 'start', i], variablesWithin(argument), ['port']);
  if (profile.ack !== undefined && !hasIds(profile))
    complain(['ack'], 'needs ids: say in messages.id where an item has its own');
  return complaints;
}

function hasIds({ messages }: Profile): boolean {
  return messages.format === 'json' && messages.id !== undefined;
}
