import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Profile } from '../wire/profile.ts';
import { UsageError } from '../wire/usage.ts';
import type { TlsChoice } from '../world/real/load/connection.ts';
import type { Io } from './print.ts';
import { fillSecrets, mapTexts } from './secrets.ts';

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
  const secrets = new Set<string>();
  const filled = (text: string, where: string): string => {
    for (const [, name = ''] of text.matchAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
      const value = io.env[name];
      if (value !== undefined && value !== '') secrets.add(value);
    }
    return fillSecrets(text, io.env, (problem) => complaints.push(`${where}: ${problem}`));
  };
  const all: Record<string, string> = mapTexts(profile?.headers ?? {}, (value, name) =>
    filled(value, `${profile?.name}: headers.${name}`),
  );
  const vars = mapTexts(profile?.vars ?? {}, (value, name) =>
    filled(value, `${profile?.name}: vars.${name}`),
  );
  for (const { name, value } of headers) all[name] = filled(value, `--header ${name}`);
  let certificates: string | undefined;
  if (ca !== null) {
    try {
      certificates = readFileSync(resolve(io.cwd, ca), 'utf8');
    } catch {
      complaints.push(`--ca: cannot read ${ca}`);
    }
  }
  if (complaints.length > 0) throw new UsageError(complaints);
  const tls = {
    ...(certificates !== undefined && { ca: certificates }),
    ...(insecure && { insecure: true }),
  };
  return { headers: all, vars, tls, secrets: [...secrets] };
}

/** A target as a person writes it, or the complaint about it. */
export function readTarget(text: string): URL | string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  const guess = `http://${text.replace(/^[a-z]*:?\/\//i, '')}`;
  return `--target: "${text}" is not a URL${URL.canParse(guess) ? `; write ${guess}` : ', such as http://127.0.0.1:8080'}`;
}

/** A header as a person writes it, or the complaint about it. */
export function readHeader(text: string): { name: string; value: string } | string {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { name, value };
  return `--header: "${text}" is not a header; write for example -H 'Name: value'`;
}

/** A target is an origin: what else its URL says would silently be dropped. */
function wrongWithTarget({ origin, username, password, pathname, search, hash }: URL): string[] {
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

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\./.test(hostname)
  );
}
