import { readdirSync } from 'node:fs';
import type { HubCounts } from '../../../protocol/hub.ts';
import type { Metric } from '../../../wire/http-metrics.ts';
import type { Route } from '../../../wire/http-request.ts';

/** What a server has counted since it began. */
export interface ServerCounts extends HubCounts {
  /** Answers given, of every kind. */
  readonly requests: number;
  /** Most requests that were ever held at once. */
  readonly heldMax: number;
}

/** Counts of the requests of one server. */
export class Figures {
  readonly #answered = new Map<Route, Map<number, number>>();
  #requests = 0;
  #held = 0;
  #heldMax = 0;

  get requests(): number {
    return this.#requests;
  }

  get heldMax(): number {
    return this.#heldMax;
  }

  answered(route: Route, status: number): void {
    this.#requests++;
    let statuses = this.#answered.get(route);
    if (statuses === undefined) {
      statuses = new Map();
      this.#answered.set(route, statuses);
    }
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  holdBegan(): void {
    this.#held++;
    this.#heldMax = Math.max(this.#heldMax, this.#held);
  }

  holdEnded(): void {
    this.#held--;
  }

  /** Everything that /metrics tells. */
  metrics(hub: HubCounts, online: number): Metric[] {
    const requests = [...this.#answered].flatMap(([route, statuses]) =>
      [...statuses].map(([status, value]) => ({ labels: { route, status: String(status) }, value })),
    );
    return [
      {
        name: 'pollmark_requests_total',
        type: 'counter',
        help: 'Answers, by route and status.',
        values: requests,
      },
      gauge('pollmark_held_requests', 'Requests held now.', hub.held),
      gauge('pollmark_channels', 'Channels known now.', hub.channels),
      gauge('pollmark_clients_online', 'Clients online now, over all channels.', online),
      counter('pollmark_published_messages_total', 'Messages published.', hub.published),
      counter('pollmark_delivered_messages_total', 'Messages handed out, once per answer.', hub.delivered),
      counter('pollmark_dropped_messages_total', 'Messages forgotten by the backlog.', hub.dropped),
      ...processMetrics(),
    ];
  }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, values: [{ value }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, values: [{ value }] };
}

/** The customary figures of a process, under their customary names. */
function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const startedS = (Date.now() - process.uptime() * 1000) / 1000;
  const metrics = [
    counter('process_cpu_seconds_total', 'User and system time.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Resident memory.', rss),
    gauge('nodejs_heap_used_bytes', 'JavaScript heap in use.', heapUsed),
    gauge('process_start_time_seconds', 'Start, in seconds of the epoch.', Math.round(startedS)),
  ];
  try {
    const open = readdirSync('/proc/self/fd').length;
    metrics.push(gauge('process_open_fds', 'Open file descriptors.', open));
  } catch {
    // Only Linux tells.
  }
  return metrics;
}
