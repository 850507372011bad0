import { describe, expect, it } from 'vitest';
import type { Lane, ModeResult, Result } from '../../src/measure/result.ts';
import { drawFaultTables } from '../../src/report/fault-table.ts';
import { drawHerds } from '../../src/report/herd.ts';
import { drawLanes } from '../../src/report/lanes.ts';
import { drawReconnection } from '../../src/report/reconnection.ts';
import { drawRecovery } from '../../src/report/recovery.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { drawTimelines } from '../../src/report/timeline.ts';
import { distributed, faultSeen, faultyResult, reconnection, restart, withRepetition } from './faulty.ts';

const canvas = { width: 80, ascii: false };
const result = faultyResult();
const [regular, long] = result.modes as [ModeResult, ModeResult];

describe('faults on the terminal', () => {
  it('draw their own signs in ASCII, none that had to be replaced', () => {
    const shown = drawTerminal(result, { width: 80, color: false, ascii: true });
    expect(shown.replace('What happens on deploy?', '')).not.toContain('?');
  });

  it('leave a run without any as it was', () => {
    const none = faultyResult({ faults: null });
    const without = {
      ...none,
      modes: none.modes.map((mode) => ({ ...withRepetition(mode, { faults: [] }), theory: null })),
    };
    const shown = drawTerminal(without, { ...canvas, color: false });
    for (const word of ['single clients', 'per 100 ms', 'back after', 'fault at', 'all told', 'predicted'])
      expect(shown).not.toContain(word);
    const groups = { ...without, scenario: { ...without.scenario, clients: { groups: [{ name: 'lids' }] } } };
    expect(drawTerminal(groups, { ...canvas, color: false })).toContain('what single clients did');
  });
});

describe('fault marks', () => {
  const marked = (faults: Result['faults'], width = 80): string[][] => {
    const lines = drawTimelines({ ...result, faults }, { width, ascii: false });
    const tops = lines.flatMap((line, i) => (line.startsWith('requests/s') ? [i] : []));
    return tops.map((top, i) => lines.slice(top + 8, tops[i + 1]));
  };

  it('stand under their place on the axis, of every mode that the fault is for', () => {
    const [first, second] = marked([restart]);
    expect(first).toEqual(second);
    expect(first).toEqual([`${' '.repeat(31)}^ server restart, 5 s`]);
    expect(marked([{ ...restart, modes: ['long'] }])).toEqual([[], first]);
  });

  it('stand before the arrow at the right edge, and never overlap', () => {
    expect(marked([{ ...restart, at_ms: 34_000 }])[0]![0]).toMatch(/ server restart, 5 s \^$/);
    const other = { ...restart, index: 1, text: 'half open', at_ms: 13_000 };
    expect(marked([restart, other])[0]!.map((line) => line.trim())).toEqual([
      '^ server restart, 5 s',
      '^ half open',
    ]);
    const late = { ...other, at_ms: 28_000 };
    expect(marked([restart, late])[0]!.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['^ server restart, 5 s', '^ half open'],
    ]);
  });

  it('share their words when they are alike, are counted beyond four lines, and left out beyond the axis', () => {
    const again = [0, 5, 10].map((s, index) => ({ ...restart, index, at_ms: s * 1_000, text: 'reset' }));
    expect(marked(again)[0]!.map((line) => line.trim())).toEqual(['^         ^         ^ reset']);
    const many = Array.from({ length: 7 }, (_, index) => ({ ...restart, index, text: `fault ${index}` }));
    expect(marked(many)[0]!).toHaveLength(5);
    expect(marked(many)[0]!.at(-1)!.trim()).toBe('and 3 more faults');
    expect(marked([{ ...restart, at_ms: 36_000 }])[0]).toEqual([]);
  });
});

describe('lanes', () => {
  const rowsOf = (lines: readonly string[]): string[] => lines.filter((line) => /^ +\d+ /.test(line));

  it('show the same clients in every mode, the fault above them, and what the signs mean', () => {
    const lines = drawLanes(result, canvas);
    expect(lines[0]).toBe('what single clients did (20 clients)');
    expect(lines.filter((line) => line.includes('▒▒▒ server restart, 5 s'))).toHaveLength(2);
    const row = lines[lines.findIndex((line) => line.startsWith('long')) + 1]!;
    expect(row).toMatch(/^ {3}0 ─+●─+×·×·×·×·×·+─+●─+$/);
    expect(lines.slice(-2)).toEqual([
      '─ held   ● delivered   × failed   · waiting to try again   ╵ asking',
      'blank: between polls   ▒ fault',
    ]);
  });

  it('let neither a short failure nor a delivery vanish', () => {
    const lane = (at: number): Lane => ({
      client: 1,
      thinned: false,
      segments: [
        ['held', 0, 50_000],
        ['failed', 50_000, 50_001],
        ['waiting', 50_001, 50_500],
        ['asking', 50_500, 50_501],
        ['held', 50_501, 7_200_000],
      ],
      deliveries: [at],
    });
    const draw = (at: number): string =>
      drawLanes({ ...result, modes: [{ ...long, lanes: [lane(at)] }] }, canvas).join();
    expect(draw(4_000_000)).toMatch(/× failed/);
    expect(draw(4_000_000)).toMatch(/● delivered/);
    expect(draw(50_501)).toMatch(/⊗ failed and delivered/);
  });

  it('choose clients evenly where there is no room for all', () => {
    const modes = Array.from({ length: 6 }, (_, i) => ({ ...long, name: `m${i}` }));
    const lines = drawLanes({ ...result, modes }, canvas);
    expect(lines[0]).toBe('what single clients did (8 of 20 clients; all of them are in result.json)');
    const clients = lines
      .filter((line) => /^ +\d+ [─●]/.test(line))
      .map((line) => Number(line.trim().split(' ')[0]));
    expect(clients.slice(0, 8)).toEqual([0, 2, 5, 7, 10, 12, 15, 17]);
    expect(clients).toHaveLength(48);
  });

  it('line modes up whose own zeros differ', () => {
    const later = long.lanes!.map((lane) => ({
      ...lane,
      segments: lane.segments.map(([state, from, to]): Lane['segments'][number] => [
        state,
        from + 500,
        to + 500,
      ]),
      deliveries: lane.deliveries.map((at) => at + 500),
    }));
    const modes = [long, { ...long, name: 'other', lanes: later }];
    const rows = rowsOf(drawLanes({ ...result, modes }, canvas)).filter((line) => /^ +\d+ [─●]/.test(line));
    expect(rows.slice(0, 20)).toEqual(rows.slice(20));
  });
});

describe('the herd', () => {
  it('is drawn on one scale, with its peak and the steady state at the end of the row', () => {
    const wide = drawHerds(result, { width: 120, ascii: false });
    expect(wide[0]).toBe('requests per 100 ms: server restart, 5 s (full block: 41)');
    expect(wide[3]).toMatch(/^long 25 s +▁+ {10,}█+▁+ {3}peak 41 per 100 ms, 8\.2 times the steady 5\.0$/);
    expect(wide[2]).not.toContain('█');
    expect(drawHerds(result, canvas)[3]).toMatch(/peak 41, 8\.2 times 5\.0$/);
    expect(drawHerds(result, { width: 60, ascii: true })[3]).toMatch(/@@.* peak 41, x 8\.2$/);
  });

  it('keeps a peak of one step among thousands', () => {
    const requests = new Array<number>(3_000).fill(1);
    requests[1_234] = 500;
    const seen = faultSeen({ herd: { ...faultSeen().herd, requests } });
    const lines = drawHerds({ ...result, modes: [withRepetition(long, { faults: [seen] })] }, canvas);
    expect(lines[2]).toContain('█');
  });

  it('is told for three faults at most', () => {
    const faults = [0, 1, 2, 3].map((index) => faultSeen({ index }));
    const lines = drawHerds({ ...result, modes: [withRepetition(long, { faults })] }, canvas);
    expect(lines.filter((line) => line.startsWith('requests per 100 ms'))).toHaveLength(3);
    expect(lines.at(-1)).toBe('1 more fault is in result.json');
  });
});

describe('recovery', () => {
  it('is a row per mode, with p50 and p90 of the clients, twice', () => {
    const lines = drawRecovery(result, canvas);
    expect(lines[0]).toBe('back after: server restart, 5 s (log scale)');
    expect(lines[1]).toMatch(/^regular 10 s .*█ {2}p50 5\.00 s {3}p90 n\/a$/);
    expect(lines[2]).toMatch(/^long 25 s .*█ {2}p50 1\.00 s {3}p90 1\.80 s$/);
    expect(lines[4]).toBe('first delivery after: server restart, 5 s (log scale)');
  });

  it('never fills the row of a mode whose clients did not all come back', () => {
    const faults = [faultSeen({ hit: 30, never_back: 10 })];
    const none = [faultSeen({ hit: 0, back_ms: distributed([]) })];
    const all = [faultSeen({ hit: 7, never_back: 7, back_ms: distributed([]) })];
    const modes = [faults, none, all].map((each, i) => ({
      ...withRepetition(long, { faults: each }),
      name: `m${i}`,
    }));
    const lines = drawRecovery({ ...result, modes }, canvas);
    expect(lines[1]).toMatch(/p90 1\.80 s {2}10 never$/);
    expect(lines[1]).not.toContain('█');
    expect(lines[2]).toMatch(/ no client hit$/);
    expect(lines[3]).toMatch(/ none of 7$/);
  });

  it('is not drawn where nobody had to find back once the fault was over', () => {
    const lived = [faultSeen({ back_ms: distributed([0, 0, 0]) })];
    expect(drawRecovery({ ...result, modes: [withRepetition(long, { faults: lived })] }, canvas)).toEqual([]);
  });
});

describe('the table of a fault', () => {
  it('has a row per mode, and the causes of the losses in words', () => {
    const lines = drawFaultTables(result, { width: 100, ascii: false });
    expect(lines[0]).toBe('fault at 00:12: server restart, 5 s');
    expect(lines[1]!.trim().split(/ {2,}/)).toEqual([
      'clients hit',
      'attempts',
      'wasted per client',
      'each took',
      'lost',
      'delayed',
      'longest delay',
      'dup',
    ]);
    expect(lines[3]!.trim().split(/ {2,}/)).toEqual([
      'long 25 s',
      '20/20',
      '82',
      '3.1',
      '1.2 ms',
      '0',
      '3',
      '4.20 s',
      '0',
    ]);
    expect(lines[4]).toBe('regular 10 s: 12 lost: 7 in the outage, 3 in backoff, 2 in the gap');
  });

  it('says when a planned fault did not come about, and who never came back', () => {
    const modes = [withRepetition(regular, { faults: [] }), withRepetition(long, { faults: [] })];
    expect(drawFaultTables({ ...result, modes }, canvas)).toContain('it did not come about');
    const gone = withRepetition(long, { faults: [faultSeen({ never_back: 3 })] });
    expect(drawFaultTables({ ...result, modes: [gone] }, canvas)[1]).toContain('never');
  });
});

describe('predictions beside measurements', () => {
  it('name the policy where the mode does not, and say what they leave out once', () => {
    const note = 'connections are not counted';
    const modes = ['full-jitter', 'other'].map((each) => ({
      ...long,
      name: each,
      theory: { reconnection: [reconnection({ note })] },
    }));
    const lines = drawReconnection({ ...result, modes }, { width: 120, ascii: false });
    expect(lines[0]).toBe('predicted / measured, server restart, 5 s');
    expect(lines[2]).toMatch(
      /^full-jitter {5,}3\.2 \/ 3\.1 +1\.00 s \/ 1\.04 s +2\.00 s \/ 1\.99 s +38 \/ 41$/,
    );
    expect(lines[3]).toMatch(/^other \(full-jitter\) /);
    expect(lines.slice(4)).toEqual([`all: ${note}`]);
  });

  it('are no table where nothing is predicted, but say why', () => {
    const nothing = { predicted: null, measured: 3 };
    const open = { wasted_per_client: nothing, wait_mean_ms: nothing, wait_max_ms: nothing };
    const rest = { peak_per_100ms: nothing, lost_per_client: nothing, note: 'it hits by chance' };
    const modes = [{ ...long, theory: { reconnection: [reconnection({ ...open, ...rest })] } }];
    expect(drawReconnection({ ...result, modes }, canvas)).toEqual([
      'nothing is predicted of server restart, 5 s',
      'long 25 s (full-jitter): it hits by chance',
    ]);
  });
});

describe('notes of a run with faults', () => {
  it('tell presence, drift of a long run, and the error of the proxy', () => {
    const shown = drawTerminal(result, { width: 200, color: false, ascii: false });
    expect(shown).toContain(
      'long 25 s, presence: a client is shown online 0.9 ms after its first poll (p50); ghosts for up to 30.0 s after leaving; never flickered; looked at every 250 ms',
    );
    expect(shown).toContain('fault proxy p50 0.1 ms, p99 1.1 ms');
    expect(shown).toMatch(
      /regular 10 s: 12 of \d+ deliveries lost \(7 in the outage, 3 in backoff, 2 in the gap\)/,
    );
    const server = {
      rss_first_bytes: 8e7,
      rss_last_bytes: 8e7,
      rss_bytes_per_h: 300_000,
      descriptors_first: 30,
      descriptors_last: 30,
      descriptors_per_h: 0,
      heap_bytes_per_message: null,
    };
    const clients = { ...server, rss_bytes_per_h: -2_000, heap_bytes_per_message: 433 };
    const of = (seconds: number): string => {
      const series = { ...long.repetitions[0]!.series, requests: new Array<number>(seconds).fill(1) };
      const mode = withRepetition(long, { drift: { server, clients }, series });
      return drawTerminal({ ...result, modes: [mode] }, { width: 200, color: false, ascii: false });
    };
    expect(of(600)).toContain(
      'long 25 s, drift: server memory +300 kB/h, descriptors +0/h; clients memory -2.0 kB/h, descriptors +0/h, heap kept per message 433 B',
    );
    // Over less a slope says nothing.
    expect(of(599)).toContain('long 25 s, drift: clients heap kept per message 433 B\n');
  });
});
