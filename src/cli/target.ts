import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Io } from './print.ts';

/** @returns the URL, or what is wrong with it */
export function readTarget(text: string): URL | string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  const guess = `http://${text.replace(/^[a-z]*:?\/\//i, '')}`;
  return `--target: "${text}" is not a URL${URL.canParse(guess) ? `; write ${guess}` : ', such as http://127.0.0.1:8080'}`;
}

/** `Name: value`. @returns what is wrong with it when it is none */
export function readHeader(text: string): { name: string; value: string } | string {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { name, value };
  return `--header: "${text}" is not a header; write for example -H 'Name: value'`;
}

/** A target is an origin: what else its URL says would silently be dropped. */
export function wrongWithTarget({ origin, username, password, pathname, search, hash }: URL): string[] {
  const complaints: string[] = [];
  if (username !== '' || password !== '')
    complaints.push(
      `--target: credentials do not belong into the URL; write -H 'Authorization: \${env:TOKEN}'`,
    );
  const rest = `${pathname === '/' ? '' : pathname}${search}${hash}`;
  if (rest !== '')
    complaints.push(`--target: "${rest}" is not used; write ${origin}, and put paths into the profile`);
  return complaints;
}

/** The certificates to trust, PEM; undefined without a file. */
export function readCa(
  file: string | null,
  cwd: string,
  complain: (problem: string) => void,
): string | undefined {
  if (file === null) return undefined;
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch {
    complain(`--ca: cannot read ${file}`);
    return undefined;
  }
}

/** Says so when the environment names a proxy: whoever set it would expect it to be used. */
export function tellIgnoredProxy(io: Io): void {
  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  const proxy = proxies.find((name) => (io.env[name] ?? '') !== '');
  if (proxy !== undefined) io.err(`note: ${proxy} is set and ignored: targets are reached directly\n`);
}
