import { fillUrl } from '../../../wire/template.ts';
import { type Case, defineCase } from '../../case.ts';
import { demand, NotApplicable } from '../../verify.ts';

const bad = ['alert(1)//', '<script>', 'a b', ''];

const callback = defineCase({
  id: 'message.jsonp.callback',
  duties: [
    { level: 'MUST', authority: 'PRACTICE' },
    { level: 'SHOULD', authority: 'RFC 6202 §6' },
  ],
  requires: 'The name of a JSONP callback is checked.',
  because: 'A callback that may be any text runs as a script of the target, in every page that includes it.',
  needs: ['jsonp'],
  async run(probe) {
    const { jsonp } = probe.profile.payload;
    if (jsonp === undefined) throw new NotApplicable('the profile names no JSONP');
    const client = await probe.client();
    await client.open();
    for (const name of [...bad, undefined]) {
      const variables = {
        channel: client.channel,
        client: client.name,
        nonce: '1',
        wait: '0',
        callback: name,
      };
      const request = { method: 'GET', path: fillUrl(jsonp.url, variables), headers: {}, body: undefined };
      const answer = await probe.request(request);
      const shown = name === undefined ? 'a missing callback' : `the callback ${JSON.stringify(name)}`;
      const status =
        answer === undefined ? 'no answer' : 'cut' in answer ? 'the connection ended' : answer.status;
      demand(typeof status === 'number' && status >= 400 && status < 500, `4xx for ${shown}`, `${status}`);
    }
    return undefined;
  },
});

/** Messages as scripts. */
export const messageJsonp: readonly Case[] = [callback];
