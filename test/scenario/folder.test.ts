import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFolder } from '../../src/scenario/folder.ts';
import { plain } from '../../src/world/real/disk.ts';
import { complaintsOf } from './sample.ts';

let root = '';
let place = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'folder-'));
  place = join(root, 'reports');
  mkdirSync(place);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the folder of a run', () => {
  it('is not there until it is whole, and then all at once', () => {
    const folder = new RunFolder(join(place, 'deep/run'), 'draft-1');
    folder.write('a.txt', 'first');
    writeFileSync(folder.draft('b.txt'), 'second');
    folder.write('c.txt', 'third');
    folder.remove('c.txt');
    folder.remove('never-there.txt');
    expect(existsSync(folder.path)).toBe(false);
    folder.finish();
    expect(readdirSync(join(place, 'deep'))).toEqual(['run']);
    expect(readdirSync(folder.path).sort()).toEqual(['a.txt', 'b.txt']);
    expect(readFileSync(join(folder.path, 'a.txt'), 'utf8')).toBe('first');
  });

  it('that is given up leaves nothing; given up after it was whole, it stays', () => {
    const folder = new RunFolder(join(place, 'run'), 'draft-1');
    folder.write('a.txt', 'first');
    folder.discard();
    expect(readdirSync(place)).toEqual([]);
    const other = new RunFolder(join(place, 'run'), 'draft-2');
    other.finish();
    other.discard();
    expect(readdirSync(place).sort()).toEqual(['latest', 'run']);
  });

  it('is pointed to by latest, the newest one, by a name that survives a move', () => {
    for (const name of ['one', 'two']) new RunFolder(join(place, name), 'draft').finish();
    expect(readlinkSync(join(place, 'latest'))).toBe('two');
  });

  it('leaves somebody else’s file called latest alone, and mends a link that leads nowhere', () => {
    writeFileSync(join(place, 'latest'), 'mine');
    new RunFolder(join(place, 'one'), 'draft').finish();
    expect(lstatSync(join(place, 'latest')).isFile()).toBe(true);
    expect(existsSync(join(place, 'one'))).toBe(true);
    rmSync(join(place, 'latest'));
    symlinkSync('gone', join(place, 'latest'));
    new RunFolder(join(place, 'two'), 'draft').finish();
    expect(readlinkSync(join(place, 'latest'))).toBe('two');
  });

  it('takes the next name when its place was taken meanwhile', () => {
    const folders = ['a', 'b'].map((mark) => new RunFolder(join(root, 'same'), mark));
    for (const folder of folders) folder.finish();
    expect(folders.map(({ path }) => path)).toEqual([join(root, 'same'), join(root, 'same-2')]);
    expect(existsSync(join(root, 'same-2'))).toBe(true);
  });

  it('makes no link elsewhere, and leaves one alone', () => {
    symlinkSync('mine', join(root, 'latest'));
    new RunFolder(join(root, 'two'), 'draft').finish();
    expect(readlinkSync(join(root, 'latest'))).toBe('mine');
  });

  it.runIf(existsSync('/proc/self'))('comes back from a place where Node never would', () => {
    expect(() => new RunFolder('/proc/nope/deeper', 'draft')).toThrow(/cannot write to \/proc\/nope/);
  });

  it('is refused before anything is measured when the place is taken or cannot be', () => {
    mkdirSync(join(place, 'taken'));
    const taken = join(place, 'taken');
    expect(complaintsOf(() => new RunFolder(taken, 'draft'))).toEqual([
      `${taken} exists already; choose another folder with --out`,
    ]);
    writeFileSync(join(place, 'file'), '');
    const below = join(place, 'file/run');
    expect(complaintsOf(() => new RunFolder(below, 'draft'))).toEqual([
      `cannot write to ${below}: a part of the path is a file`,
    ]);
    expect(readdirSync(place).sort()).toEqual(['file', 'taken']);
  });
});

describe('what the operating system says', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EFBIG', 'a file became larger than this process may write (ulimit -f)'],
    ['EROFS', 'the file system is read-only'],
  ])('%s is put into words', (code, words) => {
    expect(plain(Object.assign(new Error('x'), { code }))).toBe(words);
  });

  it('is quoted where there are no words for it', () => {
    expect(plain(Object.assign(new Error('EIO: input/output error'), { code: 'EIO' }))).toBe(
      'EIO: input/output error',
    );
  });
});
