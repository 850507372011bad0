import autocannon from 'autocannon';
import { pollTemplate } from '../wire/profile.ts';
import { fillHeaders, fillUrl } from '../wire/template.ts';
import { OwnServer } from '../world/real/own-server.ts';
import type { Scenario } from './scenario.ts';
import type { Target } from './staging.ts';

const seconds = 4;
const connections = 64;

/**
 * How many requests a second this server can answer at once: regular polls that find nothing, from
 * autocannon's closed loop. It is no measure of delivery, and says whether running modes together is honest.
 * @returns null when the server has no poll that is answered at once
 */
export async function findCeiling(scenario: Scenario, target: Target, run: string): Promise<number | null> {
  const { profile } = target;
  if (profile.regular === undefined) return null;
  const own = target.url === null ? await OwnServer.start(scenario.server) : null;
  try {
    const template = pollTemplate(profile, true);
    const variables = { ...profile.starts.now, channel: `${run}-ceiling`, client: undefined, nonce: '1' };
    const result = await autocannon({
      url: `${own?.url ?? target.url}${fillUrl(template.url, variables)}`,
      method: template.method as 'GET',
      headers: { ...target.headers, ...fillHeaders(template.headers, variables) },
      connections,
      duration: seconds,
    });
    const answered = result['2xx'];
    if (answered < result.requests.total * 0.99) return null;
    return Math.round(answered / result.duration);
  } finally {
    await own?.stop();
  }
}
