import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RunFolder } from '../../src/scenario/folder.ts';

const root = mkdtempSync(join(tmpdir(), 'folder-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('the folder of a run', () => {
  it('appears whole, with the folders above it, and is the latest among the reports', () => {
    const path = join(root, 'deep', 'reports', 'one');
    const folder = new RunFolder(path, 'draft');
    folder.write('result.json', '{}');
    expect(existsSync(path)).toBe(false);
    folder.finish();
    expect(readFileSync(join(root, 'deep', 'reports', 'latest', 'result.json'), 'utf8')).toBe('{}');
  });

  it('takes the next name when its place was taken meanwhile', () => {
    const folders = ['a', 'b'].map((mark) => new RunFolder(join(root, 'same'), mark));
    for (const folder of folders) folder.finish();
    expect(folders.map(({ path }) => path)).toEqual([join(root, 'same'), join(root, 'same-2')]);
    expect(existsSync(join(root, 'same-2'))).toBe(true);
  });

  it('leaves a link elsewhere alone', () => {
    symlinkSync('mine', join(root, 'latest'));
    new RunFolder(join(root, 'two'), 'draft').finish();
    expect(lstatSync(join(root, 'latest')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(root, 'two'))).toBe(true);
    expect(existsSync(join(root, 'latest'))).toBe(false);
  });

  it('says at once where nothing can be written', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => new RunFolder(join(root, 'file', 'x'), 'draft')).toThrow(/a part of the path is a file/);
    expect(() => new RunFolder(join(root, 'two'), 'draft')).toThrow(/exists already/);
  });

  it.runIf(existsSync('/proc/self'))('comes back from a place where Node never would', () => {
    expect(() => new RunFolder('/proc/nope/deeper', 'draft')).toThrow(/cannot write to \/proc\/nope/);
  });
});
