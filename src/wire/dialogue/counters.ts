import type { Random } from '../../protocol/random.ts';
import type { Profile } from '../profile/schema.ts';

type CounterFields = Profile['counters'];

/** The counters of one session, each a whole number that only goes up. */
export class Counters {
  readonly #values: Map<string, number>;

  private constructor(values: Map<string, number>) {
    this.#values = values;
  }

  /** Begins every counter, with a new draw where the profile asks for one. */
  static begin(fields: CounterFields, random: Random): Counters {
    const values = Object.entries(fields).map(([name, field]): [string, number] => [
      name,
      'start' in field ? field.start : Math.floor(random() * field.random),
    ]);
    return new Counters(new Map(values));
  }

  /** The same values, which then go their own way. */
  copy(): Counters {
    return new Counters(new Map(this.#values));
  }

  /** Puts each counter into `variables`: `{rid}` as it stands when it is read, `{rid++}` moving on then. */
  define(variables: Record<string, string | undefined>): void {
    const values = this.#values;
    for (const name of values.keys()) {
      const property = { enumerable: true, configurable: true };
      Object.defineProperty(variables, name, { ...property, get: () => String(values.get(name)) });
      Object.defineProperty(variables, `${name}++`, {
        ...property,
        get: () => {
          const value = values.get(name)!;
          values.set(name, value + 1);
          return String(value);
        },
      });
    }
  }
}
