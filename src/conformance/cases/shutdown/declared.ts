import { matches } from '../../../wire/dialogue/match.ts';
import { AnswerView } from '../../../wire/dialogue/view.ts';
import type { RawAnswer } from '../../../world/real/raw/answer.ts';
import type { Probe } from '../../probe/probe.ts';

/** Whether the profile names this answer as one that a held poll may get when the server stops, and it is none of its messages. */
export function declared(probe: Probe, answer: RawAnswer): boolean {
  const { shutdown } = probe.profile;
  const blank = answer.status === 200 && answer.bytes.length === 0;
  return (
    !blank && (shutdown?.heldAnswer.some((each) => matches(each, new AnswerView(answer), undefined)) ?? false)
  );
}
