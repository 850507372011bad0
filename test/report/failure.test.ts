import { describe, expect, it } from 'vitest';
import type { ModeResult, Result } from '../../src/measure/result.ts';
import { answerSentence } from '../../src/report/sentence.ts';
import { drawTerminal } from '../../src/report/terminal.ts';
import { faultyResult, withRepetition } from './faulty.ts';

const plain = faultyResult({ faults: null });
const calm = plain.modes.map((mode) => ({ ...withRepetition(mode, { faults: [] }), theory: null }));
const messages = { ...calm[0]!.repetitions[0]!.messages, lost: 0, undelivered: 0, lost_by_cause: {} };

function behind(errors: Record<string, number>[], lost = 0): Result {
  const modes = errors.map((by_kind, i): ModeResult => {
    const rate = Object.keys(by_kind).length === 0 ? 0 : 0.795;
    const mode = {
      ...withRepetition(calm[1]!, { errors: { rate, by_kind }, messages: { ...messages, lost } }),
    };
    return { ...mode, name: `m${i}` };
  });
  const proxied = modes.map(({ name }) => ({ name, kind: 'long', behind: { proxy: 'nginx', idle: '30s' } }));
  return { ...plain, modes, scenario: { ...plain.scenario, question: 'recovery', modes: proxied } };
}

describe('modes behind real proxies', () => {
  it('are told by what their clients saw', () => {
    expect(answerSentence(behind([{}, { 'status 504': 248 }]))).toBe(
      'Behind their proxies no request of "m0" failed; 79.5 % of the requests of "m1" failed (248 status 504); nothing was lost.',
    );
    expect(answerSentence(behind([{ ECONNRESET: 6, closed: 5, timeout: 4, a: 3, b: 2, c: 1 }], 4))).toBe(
      'Behind their proxies 79.5 % of the requests of "m0" failed (6 ECONNRESET, 5 closed, 4 timeout, 3 a, 3 of other kinds); 4 deliveries were lost.',
    );
  });

  it('have their errors by kind and their lanes on the terminal, without any fault', () => {
    const shown = drawTerminal(behind([{}, { 'status 504': 248 }]), {
      width: 80,
      color: false,
      ascii: false,
    });
    expect(shown).toContain('errors: 248 status 504');
    expect(shown).toContain('what single clients did');
  });
});
