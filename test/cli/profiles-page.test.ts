import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileFields } from '../../src/wire/profile/schema.ts';
import { readProfile } from '../../src/wire/profile.ts';
import { root } from './run.ts';

const page = readFileSync(join(root, 'docs/profiles.md'), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text!);
const smallest = blocks.find((text) => text.includes('name: mine'))!;

describe('the page about profiles', () => {
  it.each(
    blocks.map((text) => [text.split('\n')[0], text]),
  )('has an example that is valid: %s', (_, text) => {
    if (/^name: /m.test(text)) return void readProfile(text, 'block');
    // A part of a profile, put into the smallest one. What it names besides is given to it.
    const keys = text.split('\n').flatMap((line) => /^(\w+):/.exec(line)?.[1] ?? []);
    const rest = smallest.split('\n').filter((line) => !keys.includes(line.split(':')[0]!));
    const whole = rest.join('\n') + text;
    expect(keys.length).toBeGreaterThan(0);
    if (keys.includes('ack'))
      readProfile(
        whole.replace('{ format: whole }', '{ format: json, items: "", value: "", id: id }'),
        'block',
      );
    else readProfile(whole, 'block');
  });

  it('names every field there is', () => {
    for (const name of Object.keys(profileFields.shape))
      expect(page, name).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
