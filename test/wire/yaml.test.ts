import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { durationField, rateField, shareField, sizeField } from '../../src/wire/field.ts';
import { UsageError } from '../../src/wire/usage.ts';
import { type Override, parseYamlValue, readYaml } from '../../src/wire/yaml.ts';

const schema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  arrivals: z.strictObject({ rate: rateField(), size: sizeField().optional() }).optional(),
  modes: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('regular'), every: durationField() }),
      z.strictObject({ kind: z.literal('long'), hold: durationField(), share: shareField().default(0.5) }),
    ]),
  ),
  process: z
    .union([z.enum(['poisson', 'fixed']), z.strictObject({ burst: durationField() })])
    .default('poisson'),
});

function complaints(text: string, overrides: Override[] = []): readonly string[] {
  try {
    readYaml(text, 'a.yaml', schema, overrides);
  } catch (error) {
    if (error instanceof UsageError) return error.complaints;
    throw error;
  }
  return [];
}

const good = `version: 1
name: a
modes:
  - kind: regular
    every: 10s
`;

describe('readYaml', () => {
  it('reads units and defaults', () => {
    expect(readYaml(`${good}arrivals: { rate: 6/min, size: 1KiB }\n`, 'a.yaml', schema)).toEqual({
      version: 1,
      name: 'a',
      modes: [{ kind: 'regular', every: 10_000 }],
      arrivals: { rate: 0.1, size: 1024 },
      process: 'poisson',
    });
  });

  it('says everything at once, each with its place, in the order of the file', () => {
    const text = `version: 2
nmae: a
modes:
  - kind: regular
    every: 10 sec
  - kind: long
    every: 10s
  - kind: lnog
arrivels: { rate: 2 }
`;
    expect(complaints(text)).toEqual([
      'a.yaml:1:10  version: 2 is not 1',
      'a.yaml:2:1  unknown key "nmae"; did you mean "name"?',
      'a.yaml:5:12  modes[0].every: "10 sec" is not a duration; write 10s',
      'a.yaml:6:5  modes[1].hold: is missing; expected a duration',
      'a.yaml:7:5  modes[1]: unknown key "every"; known here: kind, hold, share',
      'a.yaml:8:11  modes[2].kind: "lnog" is not one of regular, long; did you mean "long"?',
      'a.yaml:9:1  unknown key "arrivels"; did you mean "arrivals"?',
    ]);
  });

  it('reports the branch of a union that was meant', () => {
    expect(complaints(`${good}process: posson`)).toEqual([
      'a.yaml:6:10  process: "posson" is not one of poisson, fixed; did you mean "poisson"?',
    ]);
    expect(complaints(`${good}process: { burst: 5 }`)).toEqual([
      'a.yaml:6:19  process.burst: 5 is not a duration; write 5s or 5ms',
    ]);
    expect(complaints(`${good}process: { bust: 5s }`)).toEqual([
      'a.yaml:6:12  process: unknown key "bust"; did you mean "burst"?',
    ]);
    expect(complaints(`${good}process: 7`)).toEqual(['a.yaml:6:10  process: 7 is not one of poisson, fixed']);
  });

  it('places what is missing at the nearest thing that is there', () => {
    expect(complaints(`# only\nversion: 1\narrivals:\n  size: 1B\nmodes: []\n`)).toEqual([
      'a.yaml:2:1  name: is missing; expected a text',
      'a.yaml:3:1  arrivals.rate: is missing; expected a rate',
    ]);
    expect(complaints('')).toEqual(['a.yaml:1:1  expected a map of keys, got null']);
    expect(complaints('name:\nversion: 1\nmodes: []')).toEqual([
      'a.yaml:1:6  name: expected a text, got null',
    ]);
  });

  it('reports what is no YAML, with its place', () => {
    expect(complaints('name: [a')[0]).toMatch(/^a\.yaml:1:9 {2}\S/);
    expect(complaints('name: a\nname: b\n')).toEqual(['a.yaml:2:1  Map keys must be unique']);
    expect(complaints('name: !what a\n')[0]).toMatch(/^a\.yaml:1:7 {2}.*!what/);
    expect(complaints('a: 1\n---\nb: 1\n')).toHaveLength(1);
  });

  it('does not expand a bomb of aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de'].map((pair) => [...pair])) {
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
    }
    expect(complaints(bomb.join('\n'))[0]).toContain('alias');
  });

  it('is not fooled by keys that objects have anyway', () => {
    expect(complaints(`${good}__proto__: { name: b }\n`)).toEqual([
      'a.yaml:6:1  unknown key "__proto__"; known here: version, name, arrivals, modes, process',
    ]);
  });

  it('takes overrides, and names them when they are wrong', () => {
    const set = (path: (string | number)[], value: unknown): Override => ({
      path,
      value,
      label: `-s ${path.join('.')}`,
    });
    expect(readYaml(good, 'a.yaml', schema, [set(['arrivals', 'rate'], '1/s')]).arrivals?.rate).toBe(1);
    expect(readYaml(good, 'a.yaml', schema, [set(['modes', 0, 'every'], '1s')]).modes[0]).toMatchObject({
      every: 1000,
    });
    expect(complaints(good, [set(['modes', 0, 'every'], 'soon')])[0]).toMatch(
      /^-s modes\.0\.every {2}modes\[0\]\.every: "soon" is/,
    );
    expect(complaints(good, [set(['modes', 0, 'evry'], '1s')])).toEqual([
      '-s modes.0.evry  modes[0]: unknown key "evry"; did you mean "every"?',
    ]);
    expect(complaints(good, [set(['modes', 3, 'every'], '1s')])).toEqual([
      '-s modes.3.every  modes has 1 entries, 0 to 0; there is no "3"',
    ]);
    expect(complaints(good, [set(['name', 'x'], 1)])).toEqual([
      '-s name.x  name is no map of keys, so it has no "x"',
    ]);
    expect(complaints(good, [set(['arivals', 'rate'], '1/s')])).toEqual([
      '-s arivals.rate  unknown key "arivals"; did you mean "arrivals"?',
    ]);
    expect(complaints('version: 1\nname: 5\nmodes: []', [set(['modes'], [])])).toEqual([
      'a.yaml:2:7  name: expected a text, got 5',
    ]);
  });

  it('reads single values as a file would', () => {
    expect(['50', '10s', '[50, 99]', 'true', ''].map((text) => parseYamlValue(text)?.value)).toEqual([
      50,
      '10s',
      [50, 99],
      true,
      null,
    ]);
    expect(parseYamlValue('[1,')).toBeUndefined();
  });
});
