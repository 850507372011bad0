import type { Published } from '../../wire/dialogue.ts';
import type { RawAnswer } from '../../world/real/raw/answer.ts';

/** A message that the target has acknowledged. */
export interface Publication {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly sentAt: number;
  readonly acknowledgedAt: number;
  readonly answer: RawAnswer;
  readonly published: Published;
}
