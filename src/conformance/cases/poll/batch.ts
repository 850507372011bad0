import { quote, tally } from '../../carries.ts';
import { type Case, defineCase } from '../../case.ts';
import type { Publication } from '../../probe/publication.ts';
import { inWords } from '../../probe/reply.ts';
import { sideBySide } from '../../side-by-side.ts';
import { demand, NotApplicable, Unclear } from '../../verify.ts';
import { inTurn } from '../burst.ts';

const few = 5;
const many = 100;

const allSinceLast = defineCase({
  id: 'poll.batch.all-since-last',
  duties: [{ level: 'MUST', authority: 'SEED' }],
  requires: "A poll returns everything that came since that client's previous poll.",
  because: 'A server that keeps only the latest value loses all the others between two polls.',
  needs: ['poll', 'place', 'everyMessage'],
  lenient: { 'one by one': 'all come, within as many polls as there are messages, each answered at once' },
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const messages = await inTurn(probe, few, 'batch');
    const first = await client.poll();
    const got = [...probe.ours(first.messages)];
    if (tally(messages, got).missing.length === 0) return { seen: `${few} messages in one answer` };
    for (let poll = 2; poll <= few; poll++) got.push(...probe.ours((await client.poll()).messages));
    const { missing } = tally(messages, got);
    demand(
      missing.length === 0,
      `all ${few} messages in one answer, or in as many answers as there are messages`,
      `${missing.length} did not come: ${quote(missing.map(({ text }) => text))}`,
    );
    return { outcome: 'one by one', seen: `${inWords(first)}; all after ${few} polls` };
  },
});

const order = defineCase({
  id: 'poll.batch.order',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'Messages of one publisher come in the order in which they were published.',
  because: 'Reversed lists and the random order of maps are easy to write and hard to see.',
  needs: ['poll', 'place', 'everyMessage'],
  seconds: ({ constants }) => (2 * many * (constants.deliveryP50Ms + 1)) / 1000,
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const messages = await inTurn(probe, many, 'batch');
    const got = await client.collect(messages);
    const { missing, ordered } = tally(messages, got);
    if (missing.length > 0)
      throw new Unclear(`${missing.length} of ${many} did not come, which is another row`);
    demand(ordered, 'the order of publishing', `the first came as ${quote(got.map(({ text }) => text))}`);
    return undefined;
  },
});

const noRepeat = defineCase({
  id: 'poll.batch.no-repeat',
  duties: [
    { level: 'SHOULD', authority: 'PRACTICE' },
    { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
  ],
  requires: 'What was delivered is not delivered again to a client that moved on.',
  because: 'A cursor that does not move shows every message for ever (slact/nchan#309, clowder-ai#998).',
  needs: ['poll', 'keptPlace', 'everyMessage'],
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const messages = await inTurn(probe, few, 'batch');
    const got = await client.collect(messages);
    const { missing, doubled } = tally(messages, got);
    if (missing.length > 0)
      throw new Unclear(`${missing.length} of ${few} did not come, which is another row`);
    const next = await client.poll();
    const again = [...doubled, ...probe.ours(next.messages).map(({ text }) => text)];
    demand(again.length === 0, 'every message once, then nothing', `these came again: ${quote(again)}`);
    return undefined;
  },
});

/** Texts that a careless batch takes for its own borders. */
function borderTexts(multipartBorder: string): string[] {
  return [
    'one line\nand another',
    'carriage return\r\nand line feed',
    'comma, and ],["bracket"',
    'a \u0000 in the middle',
    `--${multipartBorder}\r\n\r\nnot a part\r\n--${multipartBorder}--`,
    '\u001e record separator',
    '',
    'after the empty one',
  ];
}

/** Whether a text is one of these, or what a wrong border makes of them; else it is somebody else's. */
function isPartOf(text: string, wanted: readonly string[]): boolean {
  if (text === '') return true;
  return wanted.some((each) => each !== '' && (each.includes(text) || text.includes(each)));
}

const boundaries = defineCase({
  id: 'poll.batch.boundaries',
  duties: [{ level: 'MUST', authority: 'PRACTICE' }],
  requires: 'The borders between messages survive their being delivered together.',
  because: 'Batches joined by newlines or commas fall apart at the first message that holds one.',
  needs: ['poll', 'place', 'batch', 'everyMessage'],
  async run(probe) {
    if (!probe.profile.payload.boundaries)
      throw new NotApplicable('the profile says that borders are not kept');
    const client = await probe.reader({ regular: true });
    // The border that the server uses is only known from an answer of its own.
    const warm = await inTurn(probe, 2, 'to see the border');
    const before = await client.poll();
    if (tally(warm, before.messages).missing.length > 0) await client.collect(warm);
    const border =
      /boundary="?([^";,]+)/i.exec(String(before.raw.headers['content-type'] ?? ''))?.[1] ?? 'boundary';
    const messages: Publication[] = [];
    for (const text of borderTexts(border)) {
      // Not every server takes every one of these, and not everyone an empty one.
      const offered = await probe.publishIfTaken(text === '' ? '' : `${probe.newName()} ${text}`);
      if (offered !== undefined) messages.push(offered);
    }
    if (messages.length < 2) throw new Unclear('the target takes none of these texts');
    const wanted = messages.map(({ text }) => text);
    const got = (await client.collect(messages))
      .map(({ text }) => text)
      .filter((text) => isPartOf(text, wanted));
    const broken = wanted.filter((text) => !got.includes(text));
    demand(
      broken.length === 0,
      'exactly the texts that were published',
      `these did not come as they were: ${quote(broken)}`,
    );
    const extra = got.filter((text, i) => !wanted.includes(text) || got.indexOf(text) < i);
    demand(
      extra.length === 0,
      'exactly as many texts as were published',
      `these came besides: ${quote(extra)}`,
    );
    return { seen: `${messages.length} texts came as they were` };
  },
});

/** A weekend's worth of messages. */
const backlog = 10_000;
const backlogBytes = 100;
/** An answer with more than this is not bounded by anything. */
const mostAnswerBytes = 64 * 1024 * 1024;
const publishersAtOnce = 20;
/** So many answers in a row without anything new are the end of it. */
const staleAtMost = 100;
/** However slow the target is, nobody fetches for longer. */
const lastsAtMostMs = 60_000;

const bounded = defineCase({
  id: 'poll.batch.bounded',
  duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
  requires: 'A very long backlog is paged, or capped in a way that the client is told.',
  because: 'The first poll after a weekend offline must not bring down the server or the client.',
  needs: ['poll', 'place', 'everyMessage'],
  tags: ['load'],
  seconds: ({ constants }) => 3 + (backlog * constants.deliveryP50Ms) / publishersAtOnce / 1000,
  async run(probe) {
    const client = await probe.reader({ regular: true });
    const texts = Array.from({ length: backlog }, (_, i) =>
      `${probe.channel} ${i} `.padEnd(backlogBytes, '.'),
    );
    // A session says one thing after the other.
    const atOnce = probe.profile.publish.as === 'session' ? 1 : publishersAtOnce;
    await sideBySide(texts, atOnce, (text) => probe.publishExactly(text));
    let told = false;
    let polls = 0;
    let largest = 0;
    const got = new Set<string>();
    const end = probe.clock.now() + lastsAtMostMs;
    for (let stale = 0; polls < 2 * backlog && stale < staleAtMost; polls++) {
      if (probe.clock.now() > end)
        throw new Unclear(`${got.size} of ${backlog} messages after ${lastsAtMostMs / 1000} s`);
      const held = await client.ask();
      const reply = await held.reply('each poll of a long backlog to be answered', 10 * probe.budgetMs);
      const { outcome } = reply.reading;
      // Whose session is gone knows that what was in it is gone too.
      if (('behind' in outcome && outcome.behind) || reply.reading.session !== 'open') told = true;
      largest = Math.max(largest, reply.raw.bytes.length);
      const fresh = probe.ours(reply.messages).filter(({ text }) => !got.has(text));
      for (const { text } of fresh) got.add(text);
      if (reply.messages.length === 0) break;
      stale = fresh.length === 0 ? stale + 1 : 0;
    }
    const seen = `${got.size} of ${backlog} messages in ${polls} answers, the largest of ${largest} bytes${told ? ', marked as behind' : ''}`;
    demand(largest < mostAnswerBytes, 'answers of a bounded size', seen);
    demand(got.size === backlog || told, 'every message, or a sign that some are gone', seen, {
      timeless: true,
    });
    return { seen };
  },
});

/** What a regular poll brings together. */
export const pollBatch: readonly Case[] = [allSinceLast, order, noRepeat, boundaries, bounded];
