import type { ProfilePlace } from '../../../wire/extract.ts';
import type { Client } from '../../probe/client.ts';
import type { Probe } from '../../probe/probe.ts';
import type { Publication } from '../../probe/publication.ts';
import { Unclear } from '../../verify.ts';

/** A client that has received one message. */
export interface Standing {
  readonly client: Client;
  readonly first: Publication;
}

/** A client that has received one message and has no poll out. @throws Unclear when it does not arrive */
export async function standing(probe: Probe, channel?: string): Promise<Standing> {
  const client = await probe.reader({ channel });
  const held = await client.subscribe();
  const first = await probe.publish('the first', { channel });
  const got = await client.collect([first], { first: held });
  if (got.some(({ text }) => text === first.text)) return { client, first };
  throw new Unclear('the first message did not arrive, which is another row');
}

/** The same, and the cursor that came with the message. @throws Unclear when there is none */
export async function withCursor(
  probe: Probe,
  channel?: string,
): Promise<Standing & { readonly place: ProfilePlace }> {
  const { client, first } = await standing(probe, channel);
  if (client.place === undefined) throw new Unclear('the answer with the first message brought no cursor');
  return { client, first, place: client.place };
}
