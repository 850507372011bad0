import { FieldSection } from './fields.ts';
import type { Frame } from './framing.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type {
  BrokenResponse,
  ExpectedResponse,
  Field,
  Interim,
  ResponsePort,
  StatusLine,
} from './message.ts';
import { Violations } from './violations.ts';

/** An expected answer that nothing has come of yet. */
export interface Awaited {
  readonly expected: ExpectedResponse;
  readonly port: ResponsePort;
}

/** An answer whose first byte has come, and what there is of it. */
export class Incoming {
  readonly expected: ExpectedResponse;
  readonly violations: Violations;
  status: StatusLine | undefined;
  section: FieldSection;
  fields: readonly Field[] = [];
  frame: Frame = { framing: 'none', length: 0 };
  /** Bytes of heads, chunk sizes and trailers: all that is neither content nor bounded otherwise. */
  overhead = 0;
  readonly content = new GrowingBytes();
  readonly #interim: Interim[] = [];
  readonly #port: ResponsePort;

  constructor({ expected, port }: Awaited, all: string[]) {
    this.expected = expected;
    this.#port = port;
    this.violations = new Violations(all);
    this.section = new FieldSection(this.violations);
  }

  received(count: number): void {
    this.#port.received?.(count);
  }

  /** What was read was an interim answer: from the start again. */
  setAside(status: number): void {
    const interim = { status, rawHeaders: this.section.fields };
    this.#interim.push(interim);
    this.status = undefined;
    this.section = new FieldSection(this.violations);
    this.#port.interim?.(interim);
  }

  headIsThere(frame: Frame): void {
    this.frame = frame;
    this.fields = this.section.fields;
    this.section = new FieldSection(this.violations);
    this.#port.head?.(this.#head());
  }

  complete(): void {
    this.#port.complete({
      ...this.#head(),
      content: this.content.take(),
      trailers: this.section.fields,
      violations: this.violations.list,
    });
  }

  break(why: BrokenResponse['why']): void {
    this.#port.broken({ why, status: this.status?.status, violations: this.violations.list });
  }

  #head() {
    return {
      ...this.status!,
      rawHeaders: this.fields,
      framing: this.frame.framing,
      interim: this.#interim,
    };
  }
}
