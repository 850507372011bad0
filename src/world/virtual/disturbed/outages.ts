import type { Instant } from '../../../protocol/message.ts';
import type { FaultSpan, StagedFault } from '../../play.ts';
import { nobody } from '../due-queue.ts';
import type { Basis } from './agenda.ts';
import type { Climate, FaultOnTheWay } from './climate.ts';
import type { Network } from './network.ts';
import type { DisturbedServer } from './server.ts';

/** So long a server that was told to stop lets an idle connection bring one more request (`server/server.ts`). */
const idleGraceMs = 1000;
/** And so long, at most, it goes on giving the answers that it owes. */
const graceMs = 6000;

type FaultOfServer = StagedFault & {
  readonly what: Extract<StagedFault['what'], { kind: 'server-restart' | 'server-freeze' }>;
};

/** Lets everything that a mode meets happen, and remembers when it did. */
export class Outages {
  readonly #basis: Basis;
  readonly #server: DisturbedServer;
  readonly #network: Network;
  readonly #climate: Climate;
  readonly #spans: { readonly fault: StagedFault; readonly from: Instant; to: Instant }[] = [];
  readonly #thawed: () => void;

  /** @param thawed told when the server goes on after it stood still */
  constructor(
    basis: Basis,
    { server, network, climate }: { server: DisturbedServer; network: Network; climate: Climate },
    thawed: () => void,
  ) {
    this.#basis = basis;
    this.#server = server;
    this.#network = network;
    this.#climate = climate;
    this.#thawed = thawed;
  }

  /** @param from the beginning of the measured time */
  begin(from: Instant): void {
    const { agenda, spec } = this.#basis;
    for (const fault of spec.faults) {
      const { what } = fault;
      if (isOfServer(fault)) continue;
      const onTheWay = fault as FaultOnTheWay;
      agenda.at(from + what.atMs, nobody, () => {
        const end = this.#began(fault);
        this.#beginOnTheWay(onTheWay);
        const over = (): void => {
          end();
          for (const weather of this.#climate.end(onTheWay))
            for (const connection of this.#network.under(weather))
              this.#network.passages.weatherChanged(connection);
        };
        if (what.forMs === 0) over();
        else agenda.at(agenda.now + what.forMs, nobody, over);
      });
    }
    this.#playNext(
      from,
      spec.faults.filter(isOfServer).toSorted((a, b) => a.what.atMs - b.what.atMs),
    );
  }

  /** What happened until `end`, when whatever was not over by itself was over too. */
  spans(end: Instant): FaultSpan[] {
    return this.#spans.map(({ fault: { index, what, clients }, from, to }) => ({
      index,
      kind: what.kind,
      from,
      to: Math.min(to, end),
      clients,
    }));
  }

  /** The server's faults come one after the other, each at its time or once the one before is over. */
  #playNext(from: Instant, faults: readonly FaultOfServer[]): void {
    const [fault, ...rest] = faults;
    if (fault === undefined) return;
    const { agenda } = this.#basis;
    const { what } = fault;
    agenda.at(Math.max(agenda.now, from + what.atMs), nobody, () => {
      const end = this.#began(fault);
      const over = (): void => {
        end();
        this.#playNext(from, rest);
      };
      if (what.kind === 'server-restart') this.#restart(what, from + what.atMs + what.forMs, over);
      else {
        this.#server.freeze();
        agenda.at(Math.max(agenda.now, from + what.atMs + what.forMs), nobody, () => {
          this.#server.thaw();
          this.#thawed();
          over();
        });
      }
    });
  }

  #restart({ signal }: { readonly signal: 'term' | 'kill' }, backAt: Instant, over: () => void): void {
    const { agenda } = this.#basis;
    const rise = (): void =>
      agenda.at(Math.max(agenda.now, backAt), nobody, () => {
        this.#server.rise();
        over();
      });
    const die = (): void => {
      this.#server.die();
      for (const connection of this.#network.under()) this.#network.passages.serverLeft(connection);
      rise();
    };
    if (signal === 'kill') return die();
    this.#server.drain();
    const { now } = agenda;
    const owesUntil = Math.min(now + graceMs, this.#server.busyUntil);
    if (owesUntil <= now + idleGraceMs) return agenda.at(now + idleGraceMs, nobody, die);
    agenda.at(now + idleGraceMs, nobody, () => {
      for (const connection of this.#network.under())
        if (connection.exchange === undefined) this.#network.passages.serverLeft(connection);
    });
    agenda.at(owesUntil, nobody, die);
  }

  #beginOnTheWay(fault: FaultOnTheWay): void {
    const { what } = fault;
    const { passages } = this.#network;
    for (const weather of this.#climate.begin(fault)) {
      for (const connection of this.#network.under(weather)) {
        if (what.kind === 'proxy-restart') passages.cut(connection, 'ECONNRESET');
        else if (what.kind === 'connection-reset') {
          if (what.forMs === 0 && connection.state === 'open') passages.cut(connection, 'ECONNRESET');
        } else if (what.kind === 'half-open') passages.silence(connection);
        else if (what.kind === 'proxy-502') passages.answerOpen(connection, 502);
        else if (what.kind === 'proxy-504') passages.answerOpen(connection, 504);
        passages.weatherChanged(connection);
      }
    }
  }

  #began(fault: StagedFault): () => void {
    const span = { fault, from: this.#basis.agenda.now, to: Number.POSITIVE_INFINITY };
    this.#spans.push(span);
    return () => {
      span.to = this.#basis.agenda.now;
    };
  }
}

/** Faults that befall the server itself; the others are put in on the way. */
export function isOfServer(fault: StagedFault): fault is FaultOfServer {
  return fault.what.kind === 'server-restart' || fault.what.kind === 'server-freeze';
}
