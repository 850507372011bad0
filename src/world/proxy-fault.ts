/** What becomes of a request that has waited too long: its connection ends, or it is answered with that status. */
export type IdleCut = 'reset' | 'close' | '504' | '204';

/**
 * What the fault proxy does, from `atMs` after `begin` for `forMs` milliseconds (Infinity: until it ends; 0: at
 * that instant only). The words are those of the scenario (`scenario/fault.ts`), whose times and shares they have.
 */
export type ProxyFault = { readonly atMs: number; readonly forMs: number } & (
  | { readonly kind: 'proxy-restart' }
  | { readonly kind: 'connection-reset'; readonly chance: number }
  | { readonly kind: 'half-open' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'proxy-502'; readonly chance: number }
  | { readonly kind: 'proxy-504'; readonly afterMs: number; readonly chance: number }
  | { readonly kind: 'cut-idle'; readonly idleMs: number; readonly how: IdleCut }
  | { readonly kind: 'add-latency'; readonly oneWayMs: number; readonly jitterMs: number }
  | { readonly kind: 'slow-bytes'; readonly bytesPerS: number }
  | { readonly kind: 'truncate'; readonly keep: number; readonly chance: number }
  | {
      readonly kind: 'rate-limit';
      readonly ratePerS: number;
      readonly retryAfterMs: number;
      readonly form: 'seconds' | 'date';
    }
);
