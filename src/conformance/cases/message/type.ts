import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

/** Types that have a charset of their own: JSON is always UTF-8 (RFC 8259, section 8.1), and XML and multipart say it inside. */
const selfDescribing =
  /^(?:application\/(?:[\w.-]+\+)?json|(?:text|application)\/(?:[\w.-]+\+)?xml|multipart\/)/i;

const declared = defineCase({
  id: 'message.type.declared',
  duties: [
    { level: 'MUST', authority: 'SEED' },
    { level: 'SHOULD', authority: 'RFC 9110 §8.3' },
  ],
  requires: 'Messages have a Content-Type that settles the charset, and the acknowledgement has a type.',
  because: 'Old proxies guess the charset, and then every umlaut is wrong.',
  lenient: { 'message only': 'the acknowledgement has content and no type' },
  async run(probe) {
    const held = await probe.subscribe();
    const { answer } = await probe.publish('größer');
    const { raw } = await held.reply('the message to arrive');
    const type = String(raw.headers['content-type'] ?? '');
    const acknowledged = String(answer.headers['content-type'] ?? '');
    const seen = `message: ${type || 'none'}; acknowledgement: ${acknowledged || 'none'}`;
    demand(type !== '', 'a Content-Type on the answer that carries a message', seen);
    const settled = selfDescribing.test(type) || !/^text\//i.test(type) || /;\s*charset\s*=/i.test(type);
    demand(settled, 'a type that settles the charset', seen);
    // Without content there is nothing to have a type.
    if (acknowledged === '' && answer.bytes.length > 0) return { outcome: 'message only', seen };
    return { seen };
  },
});

/** What messages say that they are. */
export const messageType: readonly Case[] = [declared];
