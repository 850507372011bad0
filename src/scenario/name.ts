import { nearest } from '../wire/usage.ts';

/** `no mode "lnog"; did you mean "long"?` */
export function noSuch(what: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `no ${what} "${name}"; did you mean "${meant}"?`;
  return `no ${what} "${name}"; ${known.length === 0 ? 'there are none' : `there are: ${known.join(', ')}`}`;
}
