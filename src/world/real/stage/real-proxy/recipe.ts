/** How one kind of proxy is started on a machine of somebody who has not configured it. */
export interface Recipe {
  readonly program: string;
  /** The Debian package that it comes in. */
  readonly package: string;
  configuration(plan: ProxyPlan): string;
  /** In the foreground, with the configuration in `file`. */
  args(file: string, folder: string): string[];
  /** Alarms that it wrote down, in its own words. */
  alarms(log: string): string[];
}

export interface ProxyPlan {
  /** Its own, for everything that it writes. */
  readonly folder: string;
  readonly port: number;
  readonly upstream: { readonly host: string; readonly port: number };
  /** For so long no byte may come from the server, or from a client that owes one. */
  readonly idleMs: number;
  readonly clients: number;
}

/** Connections from clients at once, with those that replace broken ones for a moment. */
export function mostConnections({ clients }: ProxyPlan): number {
  return 2 * clients + 100;
}
