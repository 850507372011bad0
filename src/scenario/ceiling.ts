import autocannon from 'autocannon';
import { pollTemplate } from '../wire/profile.ts';
import { fillBody, fillForm, fillHeaders, fillUrl } from '../wire/template.ts';
import { OwnServer } from '../world/real/stage/own-server.ts';
import type { Scenario } from './scenario.ts';
import type { Target } from './staging.ts';

const seconds = 4;
const connections = 64;

/**
 * How many requests a second this server can answer at once: regular polls that find nothing, from
 * autocannon's closed loop. It is no measure of delivery, and says whether running modes together is honest.
 * @returns null when the server has no poll that is answered at once, or when nobody waited for the end
 */
export async function findCeiling(
  scenario: Scenario,
  target: Target,
  run: string,
  interrupted: AbortSignal,
): Promise<number | null> {
  const { profile } = target;
  // A closed loop of equal requests is nobody's session.
  if (profile.regular === undefined || profile.open.length > 0 || profile.adapter !== undefined) return null;
  const own = target.url === null ? await OwnServer.start(scenario.server) : null;
  try {
    const template = pollTemplate(profile, true);
    const names = { channel: `${run}-ceiling`, client: undefined, nonce: '1', wait: '0' };
    const variables = { ...profile.vars, ...target.vars, ...profile.starts.now, ...names };
    const { url, body, form } = template;
    // The query does without a client's name; a path that needs one is no question for nobody in particular.
    const path = fillUrl(
      url,
      url.split('?')[0]!.includes('{client}') ? { ...variables, client: run } : variables,
    );
    const { ca, insecure } = target.tls;
    const options: autocannon.Options = {
      url: `${own?.url ?? target.url}${path}`,
      method: template.method as 'GET',
      headers: { ...target.headers, ...fillHeaders(template.headers, variables) },
      ...(body !== undefined && { body: fillBody(body, variables) }),
      ...(form !== undefined && { body: fillForm(form, variables) }),
      connections,
      duration: seconds,
      tlsOptions: {
        ...(ca !== undefined && { ca }),
        ...(insecure === true && { rejectUnauthorized: false }),
      },
    };
    const result = await shoot(options, interrupted);
    if (interrupted.aborted) return null;
    const answered = result['2xx'];
    if (answered < result.requests.total * 0.99) return null;
    return Math.round(answered / result.duration);
  } finally {
    await own?.stop();
  }
}

function shoot(options: autocannon.Options, interrupted: AbortSignal): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const cannon = autocannon(options, (error: Error | null, result) => {
      if (error) reject(error);
      else resolve(result);
    });
    interrupted.addEventListener('abort', () => cannon.stop(), { once: true });
  });
}
