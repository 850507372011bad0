import type { Case } from '../case.ts';
import { deliveryAbort } from './delivery/abort.ts';
import { deliveryAck } from './delivery/ack.ts';
import { deliveryCursor } from './delivery/cursor.ts';
import { deliveryDup } from './delivery/dup.ts';
import { deliveryGap } from './delivery/gap.ts';
import { deliveryOffline } from './delivery/offline.ts';
import { deliveryOrder } from './delivery/order.ts';
import { deliveryBehind, deliveryOverflow } from './delivery/overflow.ts';
import { deliveryPublish } from './delivery/publish.ts';
import { fanoutAll } from './fanout/all.ts';
import { fanoutIsolation } from './fanout/isolation.ts';
import { fanoutSameClient } from './fanout/same-client.ts';
import { fanoutScale } from './fanout/scale.ts';
import { longpollHold } from './longpoll/hold.ts';
import { longpollQuery } from './longpoll/query.ts';
import { longpollRejoin } from './longpoll/rejoin.ts';
import { longpollTimeout } from './longpoll/timeout.ts';
import { pollAnswer } from './poll/answer.ts';
import { pollBatch } from './poll/batch.ts';
import { pollInterval } from './poll/interval.ts';
import { pollMailbox } from './poll/mailbox.ts';
import { pollMax } from './poll/max.ts';
import { pollPresence } from './poll/presence.ts';

/** Every row of the catalogue, in its order: that is the order in which rows are played and shown. */
export const cases: readonly Case[] = [
  ...pollAnswer,
  ...pollBatch,
  ...pollPresence,
  ...pollMailbox,
  ...pollInterval,
  ...pollMax,
  ...longpollHold,
  ...longpollRejoin,
  ...longpollTimeout,
  ...longpollQuery,
  ...fanoutAll,
  ...fanoutScale,
  ...fanoutIsolation,
  ...fanoutSameClient,
  ...deliveryGap,
  ...deliveryOffline,
  ...deliveryDup,
  ...deliveryOrder,
  ...deliveryAbort,
  ...deliveryCursor,
  ...deliveryAck,
  ...deliveryPublish,
  ...deliveryOverflow,
  ...deliveryBehind,
];
