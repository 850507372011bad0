import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fillCredentials } from '../wire/credentials.ts';
import type { Profile } from '../wire/profile.ts';
import { UsageError } from '../wire/usage.ts';
import type { TlsChoice } from '../world/real/load/connection.ts';
import type { Io } from './print.ts';

/** What the command line says about a server, read but with its secrets not yet filled in. */
export interface TargetWords {
  readonly target: URL | null;
  readonly profile: Profile | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly ca: string | null;
  readonly insecure: boolean;
}

/** The same with secrets filled in and files read. */
export interface Given {
  /** Of the profile and of the command line, which wins. */
  readonly headers: Readonly<Record<string, string>>;
  /** The profile's constants. */
  readonly vars: Readonly<Record<string, string>>;
  readonly tls: TlsChoice;
  /** Texts out of the environment, which nobody may be shown. */
  readonly secrets: readonly string[];
}

/** Reads what belongs to a target. @throws UsageError with everything that is wrong with it */
export function readGiven({ target, profile, headers, ca, insecure }: TargetWords, io: Io): Given {
  const complaints = target === null ? [] : wrongWithTarget(target);
  const given = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  const filled = fillCredentials(profile, given, io.env);
  complaints.push(...filled.problems);
  const certificates = readCa(ca, io.cwd, (problem) => complaints.push(problem));
  if (complaints.length > 0) throw new UsageError(complaints);
  const tls = {
    ...(certificates !== undefined && { ca: certificates }),
    ...(insecure && { insecure: true }),
  };
  return { headers: filled.headers, vars: filled.vars, tls, secrets: filled.secrets };
}

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
