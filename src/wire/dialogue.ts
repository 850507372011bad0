import { Conversation } from './dialogue/conversation.ts';
import { demandAnswer } from './dialogue/opening.ts';
import { render } from './dialogue/render.ts';
import type { Dialogue, DialogueNames, DialogueOptions, Steps } from './dialogue/types.ts';
import type { Profile } from './profile.ts';
import type { HttpRequest } from './request.ts';

export { OpeningFailed } from './dialogue/opening.ts';
export type * from './dialogue/types.ts';
export { bytesOf } from './extract.ts';
export type { HttpRequest } from './request.ts';

/** Begins one client's conversation with a server. */
export function startDialogue(profile: Profile, names: DialogueNames, options: DialogueOptions): Dialogue {
  const own = new Conversation(profile, names, options);
  const { adapter, random, regular } = options;
  if (adapter === undefined) return own;
  const hooks = adapter({ profile, names, random, regular, own });
  return {
    get isOpen() {
      return hooks.isOpen ?? own.isOpen;
    },
    opening: () => (hooks.opening === undefined ? own.opening() : hooks.opening()),
    poll: (ask) => (hooks.poll === undefined ? own.poll(ask) : hooks.poll(ask)),
    read: (answer) => (hooks.read === undefined ? own.read(answer) : hooks.read(answer)),
    publish: (body, nonce) =>
      hooks.publish === undefined ? own.publish(body, nonce) : hooks.publish(body, nonce),
    published: (answer) => (hooks.published === undefined ? own.published(answer) : hooks.published(answer)),
    closing: () => (hooks.closing === undefined ? own.closing() : hooks.closing()),
  };
}

/** The request that asks who is there; undefined where the profile names none. */
export function presenceRequest(profile: Profile, channel: string): HttpRequest | undefined {
  const { presence } = profile;
  if (presence === undefined || !('url' in presence)) return undefined;
  const variables = { ...profile.vars, channel, client: 'presence', nonce: 'presence' };
  return render(presence, variables, profile.bases);
}

/** Creates what a channel needs before anybody uses it. @throws OpeningFailed */
export function* channelSetup(profile: Profile, channel: string): Steps<void> {
  for (const [i, step] of profile.channelSetup.entries()) {
    const variables = { ...profile.vars, channel, client: 'setup', nonce: `setup-${i}` };
    const answer = yield render(step, variables, profile.bases);
    demandAnswer(`channelSetup[${i}]`, step, answer);
  }
}
