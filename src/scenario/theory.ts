import { gapLossOf } from '../measure/gap-loss.ts';
import { type Nature, reconnectionOf } from '../measure/reconnection.ts';
import type { GapLoss, ModeResult, Reconnection } from '../measure/result.ts';
import { unavailableForS } from '../wire/http.ts';
import type { Fault } from './fault.ts';
import type { Counted } from './measured.ts';
import type { Mode, Scenario } from './scenario.ts';
import type { Target } from './staging.ts';

/** What a fault means for those who poll; a text: why theory has nothing to say of it. */
export function natureOf(fault: Fault, ownServer: boolean): Nature | string {
  const down = (open: Nature['open'], later: Nature['later'], serverDown = false): Nature => ({
    open,
    later,
    serverDown,
  });
  if ('chance' in fault && fault.chance < 1) return 'it hits by chance, which is no outage';
  switch (fault.kind) {
    case 'server-restart':
      // Told to end, our server refuses the polls that it holds (PROTOCOL.md); after that nobody listens.
      return ownServer && fault.signal === 'term'
        ? { ...down(503, 'broken', true), openRetryAfterMs: 1000 * unavailableForS }
        : down('broken', 'broken', true);
    case 'proxy-restart':
      return down('broken', 'broken');
    case 'refuse':
      return down(null, 'broken');
    case 'proxy-502':
      return down(502, 502);
    case 'proxy-504':
      return down(504, 504);
    case 'connection-reset':
      return fault.forMs === 0
        ? down('broken', 'broken')
        : 'answers are reset one by one, which is no outage';
    case 'half-open':
      return down('silence', 'silence');
    default:
      return `${fault.kind} is no outage: it ends no poll, or each at its own time`;
  }
}

/** What theory says of a mode in every repetition; null where it has nothing to say. */
export function theoryOf(
  scenario: Scenario,
  mode: Mode,
  target: Target,
  counted: readonly Counted[],
): ModeResult['theory'] {
  const gaps = gapLossesOf(scenario, mode, target, counted);
  const back = scenario.faults.length === 0 ? null : waysBackOf(scenario, mode, target, counted);
  if (back === null && gaps === null) return null;
  return { ...(back !== null && { reconnection: back }), ...(gaps !== null && { gap_loss: gaps }) };
}

/** Of losses between polls: of long polls without a cursor, for messages at random that nobody's script adds to. */
function gapLossesOf(
  { arrivals, clients, network }: Scenario,
  mode: Mode,
  { profile }: Target,
  counted: readonly Counted[],
): GapLoss[] | null {
  const { process } = arrivals;
  const atRandom = process.kind === 'poisson' || process.kind === 'on-off';
  const scripted = clients.groups.some(({ steps, churn }) => steps.length > 0 || churn !== null);
  if (mode.kind !== 'long' || profile.claims.resume || !atRandom || scripted) return null;
  const holdMs = profile.hold.kind === 'unbounded' ? Number.POSITIVE_INFINITY : mode.holdMs;
  const upMs = network.oneWayMs + mode.pauseMs;
  return counted.flatMap(({ measured, facts, frame: { window, silences, channels } }) => {
    const silentMs = silences.reduce((sum, { from, to }) => sum + to - from, 0);
    const activeMs = window.to - window.from - silentMs;
    return gapLossOf({ ...measured, index: facts.index }, { channels, activeMs, upMs, holdMs }) ?? [];
  });
}

function waysBackOf(
  scenario: Scenario,
  mode: Mode,
  target: Target,
  counted: readonly Counted[],
): Reconnection[] {
  const { resume, retention } = target.profile.claims;
  const own = target.url === null;
  const nature = (index: number): Nature | string => {
    const fault = scenario.faults[index];
    return fault === undefined ? 'the scenario has no such fault' : natureOf(fault, own);
  };
  return counted.flatMap(({ measured, facts, frame }) => {
    const clientSeconds = (frame.clients * (frame.window.to - frame.window.from)) / 1000;
    const pauseMs = mode.kind === 'long' ? mode.pauseMs : 0;
    return reconnectionOf(mode, measured.faults, nature, {
      repetition: facts.index,
      ratePerS: measured.messages.expected / clientSeconds,
      resume,
      replayDepth: retention?.count ?? null,
      gapMs: 2 * scenario.network.oneWayMs + pauseMs,
      oneWayMs: scenario.network.oneWayMs,
    });
  });
}
