import { type Case, defineCase } from '../../case.ts';
import { demand } from '../../verify.ts';

const page = /^(?:text\/html|application\/xhtml\+xml|image\/svg\+xml)\b/i;
/** XML runs as a page when its elements say so; a message can say so only where it is not escaped. */
const xml = /^(?:text|application)\/xml\b/i;
const script = '<script>alert(1)</script>';

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
    await probe.publish(script);
    const { raw } = await held.reply('the message to arrive');
    const type = String(raw.headers['content-type'] ?? '');
    const sniffing = String(raw.headers['x-content-type-options'] ?? '').toLowerCase();
    const seen = `Content-Type: ${type || 'none'}; X-Content-Type-Options: ${sniffing || 'none'}`;
    demand(type !== '', 'a Content-Type', seen);
    const runs = page.test(type) || (xml.test(type) && raw.text.includes(script));
    demand(!runs, 'a type that does not run', seen);
    return sniffing === 'nosniff' ? { seen } : { outcome: 'no nosniff', seen };
  },
});

/** Messages that look like a page. */
export const messageMarkup: readonly Case[] = [inert];
