import { describe, expect, it } from 'vitest';
import type { Case, Duty } from '../../src/conformance/case.ts';
import { cases } from '../../src/conformance/cases/index.ts';
import { catalogueHash, catalogueProblems } from '../../src/conformance/catalogue.ts';
import { effectiveLevel, whyNotApplicable } from '../../src/conformance/duty.ts';
import { refuseForeign } from '../../src/conformance/foreign.ts';
import { expectedMs, widthOf } from '../../src/conformance/phase.ts';
import { type Selection, select, selectionProblems } from '../../src/conformance/select.ts';
import { complaintsOf } from '../scenario/sample.ts';
import { planned, profileWith, row } from './fake.ts';

const duty = (level: Duty['level'], whenClaimed?: Duty['whenClaimed']): Duty => ({
  level,
  authority: whenClaimed === undefined ? 'PRACTICE' : 'CLAIM',
  ...(whenClaimed !== undefined && { whenClaimed }),
});

describe('the level of a row', () => {
  const noLoss = row('delivery.gap.no-loss', { duties: [duty('SHOULD'), duty('MUST', 'resume')] });

  it('is that of the strictest duty that binds: a claim creates one', () => {
    expect(effectiveLevel(noLoss, profileWith())).toBe('SHOULD');
    expect(effectiveLevel(noLoss, profileWith({ resume: true }))).toBe('MUST');
    expect(effectiveLevel(noLoss, profileWith({ ordered: true }))).toBe('SHOULD');
    expect(effectiveLevel(row('a', { duties: [duty('MAY'), duty('OBSERVE')] }), profileWith())).toBe('MAY');
  });

  it('and a row that only a claim would demand has no meaning without it', () => {
    const dedupe = row('delivery.publish.idempotent-retry', { duties: [duty('MAY', 'dedupe')] });
    expect(whyNotApplicable(dedupe, profileWith())).toBe('the profile does not claim dedupe');
    expect(effectiveLevel(dedupe, profileWith())).toBe('MAY');
    expect(whyNotApplicable(dedupe, profileWith({ dedupe: { header: 'Idempotency-Key' } }))).toBeUndefined();
    expect(whyNotApplicable(noLoss, profileWith())).toBeUndefined();
  });

  it('a row needs what it needs, and the profile may rule it out', () => {
    const needy = row('a.b.c', { needs: ['poll', 'presence', 'cursor'] });
    expect(whyNotApplicable(needy, profileWith())).toBeUndefined();
    const { regular: _, presence: __, ...bare } = profileWith();
    expect(whyNotApplicable(needy, bare)).toBe('the profile does not name regular polling');
    expect(whyNotApplicable(needy, { ...bare, regular: {} })).toBe(
      'the profile does not name a way to ask how many are held or who is online',
    );
    const ruled = { ...profileWith(), notApplicable: { 'a.b.c': 'its proxy does that' } };
    expect(whyNotApplicable(needy, ruled)).toBe('the profile says: its proxy does that');
  });
});

describe('the phase of a row', () => {
  const phaseOf = (more: Partial<Case>, profile = profileWith()) =>
    planned([row('a.b.c', more)], profile)[0]!.phase;

  it('is the first that fits: hostile, process, load, slow, ordinary', () => {
    expect(phaseOf({})).toBe('ordinary');
    expect(phaseOf({ tags: ['slow'] })).toBe('slow');
    expect(phaseOf({ tags: ['slow', 'load'] })).toBe('load');
    expect(phaseOf({ tags: ['slow', 'load', 'process'] })).toBe('process');
    expect(phaseOf({ tags: ['slow', 'load', 'process', 'hostile'] })).toBe('hostile');
  });

  it('is slow when it is expected to take more than 5 s with what was measured', () => {
    expect(phaseOf({ seconds: () => 5 })).toBe('ordinary');
    expect(phaseOf({ seconds: ({ constants }) => constants.hold!.ms / 1000 })).toBe('slow');
    expect(phaseOf({ seconds: () => 30, tags: ['load'] })).toBe('load');
  });

  it('is process when it needs the pid, and hostile when the profile calls it unsafe', () => {
    expect(phaseOf({ needs: ['pid'], tags: ['load'] })).toBe('process');
    expect(phaseOf({ needs: ['process'] })).toBe('process');
    expect(phaseOf({ needs: ['pid'] }, { ...profileWith(), unsafe: ['a.b.c'] })).toBe('hostile');
    expect(phaseOf({}, { ...profileWith(), unsafe: ['a.b.d'] })).toBe('ordinary');
  });

  it('lets rows run beside each other only where a target has channels, and never under load', () => {
    const profile = profileWith();
    expect(
      ['ordinary', 'slow', 'load', 'hostile', 'process'].map((p) => widthOf(p as 'slow', profile)),
    ).toEqual([...[4, 4, 1, 1, 1]]);
    const lone = { ...profile, subscribe: { ...profile.subscribe, url: '/one' } };
    expect(widthOf('ordinary', lone)).toBe(1);
    const rows = [
      row('a', { seconds: () => 4 }),
      row('b', { alone: true }),
      row('c', { tags: ['load'] }),
      row('d', { seconds: () => 100, duties: [duty('MUST', 'resume')] }),
    ];
    expect(expectedMs(planned(rows), profile)).toBe(3000);
    expect(expectedMs(planned(rows, lone), lone)).toBe(6000);
  });
});

const all = planned([
  row('longpoll.hold.defers'),
  row('longpoll.hold.minimum', { tags: ['slow'] }),
  row('longpoll.timeout.accuracy', { tags: ['slow'] }),
  row('http.cache.suppressed'),
  row('http.target.hostile', { tags: ['hostile'] }),
  row('limits.body.size', { tags: ['load'] }),
]);
const ids = all.map(({ row: { id } }) => id);
const chosen = (selection: Selection): string[] => select(all, selection).rows.map(({ row: { id } }) => id);

describe('the choice of rows', () => {
  it('is the ordinary phase unless more is asked for', () => {
    expect(chosen({})).toEqual(['longpoll.hold.defers', 'http.cache.suppressed']);
    expect(chosen({ tags: ['load', 'hostile'] })).toEqual([
      ...['longpoll.hold.defers', 'http.cache.suppressed', 'http.target.hostile', 'limits.body.size'],
    ]);
    expect(chosen({ all: true })).toEqual(ids);
  });

  it('goes by prefixes that end at a dot, and by globs', () => {
    expect(chosen({ rows: ['longpoll'], all: true })).toHaveLength(3);
    expect(chosen({ rows: ['longpoll.hold'], all: true })).toEqual(ids.slice(0, 2));
    expect(chosen({ rows: ['longpoll.hold.'], all: true })).toEqual(ids.slice(0, 2));
    expect(chosen({ rows: ['*.ho?d.*'], all: true })).toEqual(ids.slice(0, 2));
    expect(chosen({ rows: ['http.*', 'longpoll.hold.defers'] })).toEqual([ids[0], ids[3]]);
    expect(selectionProblems(ids, { rows: ['longpoll.ho', 'longpoll*'] })).toHaveLength(1);
  });

  it('plays a row whose whole id is given whatever its phase, unless it is skipped', () => {
    expect(chosen({ rows: ['longpoll.hold.minimum', 'http'] })).toEqual([ids[1], ids[3]]);
    expect(chosen({ skip: ['longpoll'] })).toEqual(['http.cache.suppressed']);
    expect(() => select(all, { rows: ['longpoll.hold.minimum'], skip: ['*.minimum'] })).toThrow(/skipped/);
  });

  it('says which pattern chose nothing, and is an error when none did', () => {
    const { rows, notes } = select(all, { rows: ['longpoll.timeout', 'http'] });
    expect(rows).toHaveLength(1);
    const note =
      'longpoll.timeout has only rows of the phase slow; add --tags slow, or name a row by its whole id';
    expect(notes).toEqual([note]);
    expect(complaintsOf(() => select(all, { rows: ['longpoll.timeout'] }))).toEqual([note]);
    expect(complaintsOf(() => select([], {}))).toEqual(['no row is chosen']);
  });

  it('refuses what no row is called, with the nearest that one is', () => {
    expect(selectionProblems(ids, { rows: ['longpol.hold', 'http.cache'], skip: ['qqqqqq'] })).toEqual([
      'no row "longpol.hold"; did you mean "longpoll.hold"?   (pollmark conformance --list shows all)',
      '--skip: no row "qqqqqq"; there are: longpoll, http, limits   (pollmark conformance --list shows all)',
    ]);
    expect(selectionProblems(ids, { rows: ['httq.cache.surpressed.much'] })[0]).toMatch(/did you mean "http/);
    // A dot is a dot, not any sign.
    expect(selectionProblems(ids, { rows: ['longpoll?hold*', 'longpollxhold*'] })).toHaveLength(1);
  });

  it('lets nobody load or attack a stranger by accident', () => {
    const there = new URL('http://polls.example');
    const rows = select(all, { all: true }).rows;
    expect(complaintsOf(() => refuseForeign(there, rows, false))).toEqual([
      'http.target.hostile may harm polls.example, which is not this machine; that needs --i-own-this-target',
      'limits.body.size would load polls.example, which is not this machine; that needs --i-own-this-target',
    ]);
    refuseForeign(there, rows, true);
    refuseForeign(there, select(all, {}).rows, false);
    for (const here of ['http://127.0.0.1:1', 'https://localhost', 'http://[::1]:80'])
      refuseForeign(new URL(here), rows, false);
    expect(() => refuseForeign(new URL('http://127.example'), rows, false)).toThrow();
  });
});

describe('the catalogue', () => {
  it('is sound', () => {
    expect(catalogueProblems(cases)).toEqual([]);
  });

  it('is not when ids come twice, dependencies lead nowhere or round, or nothing is owed', () => {
    const problems = catalogueProblems([
      row('a', { dependsOn: ['b'] }),
      row('b', { dependsOn: ['a', 'x'] }),
      row('c', { dependsOn: ['a'] }),
      row('c'),
      row('d', { duties: [] }),
    ]);
    expect(problems).toEqual([
      'a depends on itself',
      'b depends on x, which is no row',
      'b depends on itself',
      'c is there twice',
      'd has no duty',
    ]);
  });

  it('has a name that changes with what it demands, and with nothing else', () => {
    const base = row('a.b.c', { lenient: { late: 'late' } });
    const hash = catalogueHash([base]);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(catalogueHash([{ ...base, because: 'of something else', alone: true }])).toBe(hash);
    const changes: Partial<Case>[] = [
      ...[{ id: 'a.b.d' }, { requires: 'More.' }, { duties: [duty('SHOULD')] }, { lenient: {} }],
      ...[{ info: { x: 'y' } }, { needs: ['poll' as const] }, { tags: ['slow' as const] }],
    ];
    expect(new Set([hash, ...changes.map((change) => catalogueHash([{ ...base, ...change }]))]).size).toBe(8);
  });
});
