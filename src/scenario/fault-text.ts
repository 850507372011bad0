import type { Fault } from './fault.ts';

/** `5 s`, `300 ms`, `1.5 min` */
export function spoken(ms: number): string {
  const [unit, count] = ms >= 120_000 ? ['min', ms / 60_000] : ms >= 1000 ? ['s', ms / 1000] : ['ms', ms];
  return `${Number(count.toFixed(count < 10 ? 2 : 1))} ${unit}`;
}

export function spokenShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** A fault as a person would say it: `server restart, 5 s`. */
export function faultText(fault: Fault): string {
  return [nameOf(fault), ...detailsOf(fault), ...lengthOf(fault)].join(', ');
}

function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'server-restart':
      return fault.signal === 'kill' ? 'server killed and restarted' : 'server restart';
    case 'server-freeze':
      return 'server frozen';
    case 'proxy-restart':
      return 'proxy restart';
    case 'connection-reset':
      return fault.forMs === 0 ? 'connections reset' : 'answers reset';
    case 'half-open':
      return 'connections go silent';
    case 'refuse':
      return 'connections refused';
    case 'proxy-502':
      return '502 from a proxy';
    case 'proxy-504':
      return '504 from a proxy';
    case 'cut-idle':
      return fault.how === '504'
        ? `504 after ${spoken(fault.idleMs)} idle`
        : `cut after ${spoken(fault.idleMs)} idle`;
    case 'add-latency':
      return `${spoken(fault.oneWayMs)} more each way`;
    case 'slow-bytes':
      return `slow answers`;
    case 'truncate':
      return 'answers cut in the middle';
    case 'rate-limit':
      return '429 from a rate limit';
  }
}

function detailsOf(fault: Fault): string[] {
  switch (fault.kind) {
    case 'proxy-504':
      return [...(fault.afterMs > 0 ? [`each after ${spoken(fault.afterMs)}`] : []), ...chanceOf(fault)];
    case 'cut-idle':
      return fault.how === '504' ? [] : [`by ${fault.how}`];
    case 'add-latency':
      return fault.jitterMs > 0 ? [`up to ${spoken(fault.jitterMs)} on top`] : [];
    case 'slow-bytes':
      return [`${fault.bytesPerS} bytes/s`];
    case 'rate-limit':
      return [
        `${Number(fault.ratePerS.toPrecision(3))} requests/s, back after ${spoken(fault.retryAfterMs)}`,
      ];
    case 'truncate':
    case 'proxy-502':
      return chanceOf(fault);
    case 'connection-reset':
      return fault.forMs === 0 ? [] : chanceOf(fault);
    default:
      return [];
  }
}

function chanceOf({ chance }: { readonly chance: number }): string[] {
  return chance < 1 ? [`${spokenShare(chance)} of them`] : [];
}

function lengthOf({ forMs }: Fault): string[] {
  if (forMs === 0) return [];
  return [Number.isFinite(forMs) ? spoken(forMs) : 'to the end'];
}
