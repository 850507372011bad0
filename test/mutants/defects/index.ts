import type { Defect } from '../defect.ts';
import { corsDefects } from './cors.ts';
import { deliveryDefects } from './delivery.ts';
import { fanoutDefects } from './fanout.ts';
import { httpDefects } from './http.ts';
import { limitsDefects } from './limits.ts';
import { longpollDefects } from './longpoll.ts';
import { messageDefects } from './message.ts';
import { pollDefects } from './poll.ts';
import { presenceDefects } from './presence.ts';
import { proxyDefects } from './proxy.ts';
import { requestDefects } from './request.ts';
import { shutdownDefects } from './shutdown.ts';

/** Every planted defect, in the order of the catalogue. */
export const defects: readonly Defect[] = [
  ...pollDefects,
  ...longpollDefects,
  ...fanoutDefects,
  ...deliveryDefects,
  ...messageDefects,
  ...httpDefects,
  ...requestDefects,
  ...corsDefects,
  ...presenceDefects,
  ...limitsDefects,
  ...shutdownDefects,
  ...proxyDefects,
];

/** Rows that no defect can break, and why. */
export const unbreakable: Readonly<Record<string, string>> = {
  'http.conn.half-close':
    'It only records what the server does when a client half-closes; nothing that a server does there is wrong.',
  'http.pipeline.publish-behind-hold':
    'It only records whether a publish behind a held poll is processed; both are right.',
  'longpoll.timeout.prefer-wait':
    'It is a MAY: a preference that is not honoured is recorded, and is no fault.',
  'fanout.same-client.starvation':
    'It records how many polls of one browser are held, and passes where there is a cap; no number is wrong.',
};
