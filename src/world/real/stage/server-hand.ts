/** What faults can do to a server itself. */
export interface ServerHand {
  /**
   * Stops the server, and has it back once that is due.
   * @param cut the run is over: nothing is waited for and nothing is started any more
   * @returns once it is there again; false when `cut` came first
   * @throws Error in words when it does not come back
   */
  restart(signal: 'term' | 'kill', due: Promise<void>, cut: AbortSignal): Promise<boolean>;
  /** Its process stands still until `thaw`. @throws Error in words when that cannot be done */
  freeze(): void;
  thaw(): void;
}
