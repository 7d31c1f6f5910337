/** Something that can be ended in an orderly way. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Waits for Ctrl-C or SIGTERM, then closes. A second signal ends the program at once.
 *
 * @param onStopping told once, when closing begins
 */
export async function closeOnSignal(open: Closable, onStopping: () => void): Promise<void> {
  const signal = stopSignal();
  await signal.received;
  onStopping();
  await open.close();
  signal.forget();
}

/** A stop signal that can be waited for, or looked at between two steps of long work. */
export interface StopSignal {
  readonly received: Promise<void>;
  isReceived(): boolean;
  /** Gives the signals back to Node. */
  forget(): void;
}

/** Listens for Ctrl-C and SIGTERM: the first is reported, a second ends the program at once. */
export function stopSignal(): StopSignal {
  let times = 0;
  let report: () => void = () => undefined;
  const received = new Promise<void>((resolve) => (report = resolve));
  const listen = () => {
    times += 1;
    if (times > 1) process.exit(130);
    report();
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return {
    received,
    isReceived: () => times > 0,
    forget: () => void process.off('SIGINT', listen).off('SIGTERM', listen),
  };
}
