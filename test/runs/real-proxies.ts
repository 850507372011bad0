import { execFileSync } from 'node:child_process';

/**
 * Real proxies whose configuration lies below a folder, with their workers. Runs put it below TMPDIR: other runs of
 * this machine have theirs elsewhere, and are not to be counted, and still less killed.
 */
export function realProxies(folder: string): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,pgid=,stat=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/ +/));
  const ours = rows.filter(
    (row) => /(nginx|haproxy)/.test(row[3] ?? '') && row.join(' ').includes(`${folder}/`),
  );
  const groups = new Set(ours.map(([, group]) => group));
  return rows.filter(([, group, state]) => groups.has(group) && state !== 'Z').map(([pid]) => Number(pid));
}
