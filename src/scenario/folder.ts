import {
  existsSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../wire/usage.ts';
import { plain } from '../world/real/disk.ts';

/**
 * The folder that a run leaves behind. It is written beside its place and moved there in one step, so that
 * nobody ever finds half a report.
 */
export class RunFolder {
  readonly #draft: string;
  #path: string;

  /** @throws UsageError when the place is taken or cannot be written to: before anything is measured */
  constructor(path: string, draftMark: string) {
    this.#path = resolve(path);
    this.#draft = `${this.#path}.${draftMark}`;
    if (existsSync(this.#path))
      throw new UsageError(`${path} exists already; choose another folder with --out`);
    try {
      makeFolder(this.#draft);
    } catch (error) {
      throw new UsageError(`cannot write to ${path}: ${plain(error)}`);
    }
  }

  /** Its place; once it is finished, the one that it really took. */
  get path(): string {
    return this.#path;
  }

  /** Where a file is written until the folder is whole. */
  draft(name: string): string {
    return join(this.#draft, name);
  }

  /** @param name may lie in a folder below it, which is made */
  write(name: string, text: string): void {
    const path = this.draft(name);
    if (name.includes('/')) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What cannot be removed stays; nothing else of the run is lost for it. */
  remove(name: string): void {
    try {
      rmSync(this.draft(name), { force: true });
    } catch {
      // It was never there, for a part of its path is a file.
    }
  }

  /** The folder is whole: it takes its place. Among the reports, `latest` then points to it. */
  finish(): void {
    const wanted = this.#path;
    // Another run of the same second may have taken the place meanwhile; what was measured is kept all the same.
    for (let n = 2; existsSync(this.#path); n++) this.#path = `${wanted}-${n}`;
    renameSync(this.#draft, this.path);
    const shelf = dirname(this.path);
    // Elsewhere a link of that name is somebody else's, or would surprise.
    if (basename(shelf) !== 'reports') return;
    const latest = join(shelf, 'latest');
    try {
      if (isLink(latest)) unlinkSync(latest);
      symlinkSync(basename(this.path), latest);
    } catch {
      // A file system without symbolic links, or somebody's own file of that name: the folder is what counts.
    }
  }

  discard(): void {
    rmSync(this.#draft, { recursive: true, force: true });
  }
}

/** Step by step: Node's own recursive way turns for ever in /proc, where nothing can be made. */
function makeFolder(path: string): void {
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  mkdirSync(path);
}

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
