import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Adapter, type Ask, type Dialogue, startDialogue } from '../../src/wire/dialogue.ts';
import type { Answer } from '../../src/wire/extract.ts';
import { readProfile } from '../../src/wire/profile.ts';

// Answers in the form that the documentation of each service shows: that the profiles read what they were written for.
function begin(name: string, vars: Record<string, string> = {}, adapter?: Adapter): Dialogue {
  const profile = readProfile(readFileSync(`profiles/${name}.yaml`, 'utf8'), name);
  const given = { ...profile, vars: { ...profile.vars, ...vars } };
  return startDialogue(given, { channel: 'c', client: 'me' }, { regular: false, adapter, random: () => 0.5 });
}
const json = (value: unknown, headers: Answer['headers'] = {}): Answer => ({
  status: 200,
  text: JSON.stringify(value),
  headers,
});
const ask = (place?: Ask['place'], regular = false): Ask => ({ place, waitMs: 20_000, regular, nonce: 'n1' });

describe('profiles that were never tried', () => {
  it('telegram: the greatest update and one more, confirmed by being asked for', () => {
    const telegram = begin('telegram', { token: '1:A', publisherToken: '2:B', chat: '-100' });
    expect(telegram.poll(ask()).path).toBe('/bot1:A/getUpdates?timeout=20');
    const { outcome, ids } = telegram.read(
      json({
        ok: true,
        result: [
          { update_id: 874, channel_post: { message_id: 12, text: 'hi' } },
          { update_id: 875, edited_message: {} },
        ],
      }),
    );
    expect([outcome, ids]).toEqual([
      { kind: 'messages', messages: ['hi'], cursor: { offset: '876' }, behind: false },
      ['12'],
    ]);
    expect(telegram.poll(ask({ offset: '876' }, true)).path).toBe('/bot1:A/getUpdates?offset=876');
    expect(telegram.read(json({ ok: true, result: [] })).outcome.kind).toBe('empty');
    expect(telegram.publish('x "y"', 'n')).toMatchObject({
      path: '/bot2:B/sendMessage',
      body: '{"chat_id":"-100","text":"x \\"y\\""}',
    });
    expect(telegram.published(json({ ok: true, result: { message_id: 12 } }))).toMatchObject({
      acknowledged: true,
      id: '12',
    });
    expect(telegram.published(json({ ok: false })).acknowledged).toBe(false);
    expect(telegram.read({ ...json({ ok: false }), status: 409 }).outcome).toMatchObject({
      kind: 'refused',
      status: 409,
    });
  });

  it('matrix: messages of every room, a token in every answer', () => {
    const matrix = begin('matrix', { room: '!r:x' });
    expect(matrix.poll(ask({ since: 's1' })).path).toBe('/_matrix/client/v3/sync?since=s1&timeout=20000');
    const events = [
      { type: 'm.room.member', event_id: '$1', content: { membership: 'join' } },
      { type: 'm.room.message', event_id: '$2', content: { msgtype: 'm.text', body: 'hi' } },
    ];
    const rooms = { join: { '!r:x': { timeline: { events, limited: false } } } };
    expect(matrix.read(json({ next_batch: 's2', rooms }))).toMatchObject({
      outcome: { kind: 'messages', messages: ['hi'], cursor: { since: 's2' }, behind: false },
      ids: ['$2'],
    });
    expect(matrix.read(json({ next_batch: 's3' })).outcome).toMatchObject({
      kind: 'empty',
      cursor: { since: 's3' },
    });
    rooms.join['!r:x'].timeline.limited = true;
    expect(matrix.read(json({ next_batch: 's4', rooms })).outcome).toMatchObject({ behind: true });
    expect(matrix.publish('m', 'n7').path).toBe('/_matrix/client/v3/rooms/!r:x/send/m.room.message/n7');
  });

  it('consul: the same index brings nothing, and one that went back is forgotten', async () => {
    const { default: adapter } = (await import(
      pathToFileURL(join(process.cwd(), 'profiles/consul.mjs')).href
    )) as { default: Adapter };
    const consul = begin('consul', {}, adapter);
    const value = (index: number, text = 'v'): Answer => ({
      status: 200,
      text,
      headers: { 'x-consul-index': String(index) },
    });
    expect(consul.poll(ask()).path).toBe('/v1/kv/c?raw&wait=20s');
    expect(consul.read(value(7)).outcome).toMatchObject({
      kind: 'messages',
      messages: ['v'],
      cursor: { index: '7' },
    });
    expect(consul.poll(ask({ index: '7' })).path).toBe('/v1/kv/c?raw&index=7&wait=20s');
    expect(consul.read(value(7)).outcome).toMatchObject({ kind: 'empty', cursor: { index: '7' } });
    expect(consul.read(value(9, 'w')).outcome).toMatchObject({ kind: 'messages', messages: ['w'] });
    expect(consul.read(value(3)).outcome).toMatchObject({ kind: 'messages', cursor: {} });
    expect(consul.read({ ...value(5), status: 404 }).outcome.kind).toBe('empty');
    expect(consul.published({ status: 200, text: 'true\n', headers: {} }).acknowledged).toBe(true);
    expect(consul.published({ status: 200, text: 'false', headers: {} }).acknowledged).toBe(false);
  });

  it('sqs: numbers are numbers, and each message is deleted by its handle', () => {
    const sqs = begin('sqs');
    const request = sqs.poll(ask());
    expect(request).toMatchObject({ method: 'POST', path: '/' });
    expect(JSON.parse(request.body as string)).toEqual({
      QueueUrl: 'http://127.0.0.1:9324/000000000000/c',
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
    });
    const { followUps, outcome } = sqs.read(
      json({ Messages: [{ MessageId: 'm1', ReceiptHandle: 'h"1', Body: 'hi' }] }),
    );
    expect(outcome).toMatchObject({ kind: 'messages', messages: ['hi'] });
    expect(
      followUps.map(({ headers, body }) => [
        headers['X-Amz-Target'],
        JSON.parse(body as string).ReceiptHandle,
      ]),
    ).toEqual([['AmazonSQS.DeleteMessage', 'h"1']]);
    expect(sqs.read(json({})).outcome.kind).toBe('empty');
    expect(sqs.read(json({ Messages: [] })).outcome.kind).toBe('empty');
    expect(JSON.parse(sqs.publish('"\n', 'n').body as string)).toMatchObject({ MessageBody: '"\n' });
  });
});
