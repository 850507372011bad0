import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

const runs = /^(?:text\/html|application\/xhtml\+xml|image\/svg\+xml|text\/xml|application\/xml)\b/i;

const inert = defineCase({
  id: 'message.markup.inert',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'SHOULD', authority: 'RFC 6202 §6' },
  ],
  requires:
    'A message cannot run as a page: its type is none that runs, and the browser is told not to guess.',
  because: 'Whoever opens the address of the poll by hand runs what a stranger has published.',
  lenient: { 'no nosniff': 'the type is harmless; X-Content-Type-Options: nosniff is missing' },
  async run(probe) {
    const held = await probe.subscribe();
    await probe.publish('<script>alert(1)</script>');
    const { raw } = await held.reply('the message to arrive');
    const type = String(raw.headers['content-type'] ?? '');
    const sniffing = String(raw.headers['x-content-type-options'] ?? '').toLowerCase();
    const seen = `Content-Type: ${type || 'none'}; X-Content-Type-Options: ${sniffing || 'none'}`;
    demand(type !== '', 'a Content-Type', seen);
    demand(!runs.test(type), 'a type that does not run', seen);
    return sniffing === 'nosniff' ? { seen } : { outcome: 'no nosniff', seen };
  },
});

/** Messages that look like a page. */
export const messageMarkup: readonly Case[] = [inert];
