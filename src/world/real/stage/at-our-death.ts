import { existsSync } from 'node:fs';

const program = '/usr/bin/setpriv';

/**
 * A command that is sent a signal when the process that has started it dies, be it by SIGKILL. Where the system
 * cannot do that (only Linux can) it is the command itself.
 */
export function atOurDeath(signal: 'CONT' | 'TERM', ...command: readonly string[]): string[] {
  return existsSync(program) ? [program, '--pdeathsig', signal, ...command] : [...command];
}
