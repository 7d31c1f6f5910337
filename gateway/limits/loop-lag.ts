import { monitorEventLoopDelay } from 'node:perf_hooks';

const LOOK_EVERY_MS = 100;
/** A turn of the event loop that takes longer than this makes refusals late as well. */
const LAG_MAX_MS = 40;
const [NARROWER, WIDER, NARROWEST] = [0.7, 0.05, 1 / 16] as const;

/** The next width of a lane, by how far the event loop is behind: down by a third at once, up again in small steps. */
export function nextWidth(width: number, lagMs: number): number {
  return lagMs > LAG_MAX_MS ? Math.max(NARROWEST, width * NARROWER) : Math.min(1, width + WIDER);
}

/**
 * Watches how far the event loop is behind and tells how wide lanes should be.
 *
 * @returns ends the watch
 */
export function watchLoopLag(tell: (width: number) => void): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let width = 1;
  const look = setInterval(() => {
    // Of an idle loop the monitor tells its own resolution.
    const lagMs = Math.max(0, delay.mean / 1e6 - 10);
    delay.reset();
    const next = nextWidth(width, lagMs);
    if (next !== width) tell((width = next));
  }, LOOK_EVERY_MS).unref();
  return () => {
    clearInterval(look);
    delay.disable();
  };
}
