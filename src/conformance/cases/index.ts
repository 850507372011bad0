import type { Case } from '../case.ts';
import { cors } from './cors/cors.ts';
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
import { httpCache } from './http/cache.ts';
import { httpCompress } from './http/compress.ts';
import { httpConn } from './http/conn.ts';
import { httpExpect } from './http/expect.ts';
import { httpFraming } from './http/framing.ts';
import { httpHeaders } from './http/headers.ts';
import { httpMethod } from './http/method.ts';
import { httpPipeline } from './http/pipeline.ts';
import { httpRequest } from './http/request.ts';
import { httpStatic } from './http/static.ts';
import { httpTarget } from './http/target.ts';
import { limitsBody } from './limits/body.ts';
import { limitsHeaders } from './limits/headers.ts';
import { limitsHeld } from './limits/held.ts';
import { limitsHung } from './limits/hung.ts';
import { limitsNames } from './limits/names.ts';
import { limitsPublish } from './limits/publish.ts';
import { limitsRate } from './limits/rate.ts';
import { limitsRetryAfter } from './limits/retry-after.ts';
import { limitsSlowRequest } from './limits/slow-request.ts';
import { longpollBacklog } from './longpoll/backlog.ts';
import { longpollHold } from './longpoll/hold.ts';
import { longpollQuery } from './longpoll/query.ts';
import { longpollRejoin } from './longpoll/rejoin.ts';
import { longpollTimeout } from './longpoll/timeout.ts';
import { messageBinary } from './message/binary.ts';
import { messageEmpty } from './message/empty.ts';
import { messageFraming } from './message/framing.ts';
import { messageJsonp } from './message/jsonp.ts';
import { messageMarkup } from './message/markup.ts';
import { messageSize } from './message/size.ts';
import { messageType } from './message/type.ts';
import { messageUtf8 } from './message/utf8.ts';
import { pollAnswer } from './poll/answer.ts';
import { pollBatch } from './poll/batch.ts';
import { pollInterval } from './poll/interval.ts';
import { pollMailbox } from './poll/mailbox.ts';
import { pollMax } from './poll/max.ts';
import { pollPresence } from './poll/presence.ts';
import { presenceBetween } from './presence/between.ts';
import { presenceChurn } from './presence/churn.ts';
import { presenceGhost } from './presence/ghost.ts';
import { presenceRelease } from './presence/release.ts';
import { proxyBuffering } from './proxy/buffering.ts';
import { proxyRechunk } from './proxy/rechunk.ts';
import { proxyShared } from './proxy/shared.ts';
import { proxyTimeout } from './proxy/timeout.ts';
import { shutdownExit } from './shutdown/exit.ts';
import { shutdownHealth } from './shutdown/health.ts';
import { shutdownHeld } from './shutdown/held.ts';
import { shutdownNew } from './shutdown/new.ts';
import { shutdownRestart } from './shutdown/restart.ts';

/** Every row of the catalogue, in its order: that is the order in which rows are played and shown. */
export const cases: readonly Case[] = [
  ...pollAnswer,
  ...pollBatch,
  ...pollPresence,
  ...pollMailbox,
  ...pollInterval,
  ...pollMax,
  ...longpollHold,
  ...longpollBacklog,
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
  ...deliveryBehind,
  ...deliveryOverflow,
  ...messageUtf8,
  ...messageBinary,
  ...messageEmpty,
  ...messageSize,
  ...messageFraming,
  ...messageMarkup,
  ...messageType,
  ...messageJsonp,
  ...httpCache,
  ...httpHeaders,
  ...httpFraming,
  ...httpConn,
  ...httpPipeline,
  ...httpMethod,
  ...httpExpect,
  ...httpRequest,
  ...httpTarget,
  ...httpStatic,
  ...httpCompress,
  ...cors,
  ...presenceRelease,
  ...presenceChurn,
  ...presenceGhost,
  ...presenceBetween,
  ...limitsBody,
  ...limitsHeaders,
  ...limitsSlowRequest,
  ...limitsHeld,
  ...limitsRate,
  ...limitsPublish,
  ...limitsHung,
  ...limitsNames,
  ...limitsRetryAfter,
  ...shutdownHeld,
  ...shutdownNew,
  ...shutdownExit,
  ...shutdownRestart,
  ...shutdownHealth,
  ...proxyTimeout,
  ...proxyBuffering,
  ...proxyRechunk,
  ...proxyShared,
];
