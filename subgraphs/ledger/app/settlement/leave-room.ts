import { setTimeout as pause } from 'node:timers/promises';

/** A step that took longer than this was held up by something else than its own work. */
const REST_MS_MAX = 1_000;

/**
 * Does work that nobody queues for, and answers after resting for as long as it took: steps sent one upon the other then have at
 * most half of what one connection can take from the tills. It rests when all is committed, holding nothing. Work that fails is
 * answered at once.
 */
export async function leavingRoom<T>(
  work: () => Promise<T>,
  rest: (ms: number) => Promise<unknown> = pause,
): Promise<T> {
  const startedAt = performance.now();
  const answer = await work();
  await rest(Math.min(performance.now() - startedAt, REST_MS_MAX));
  return answer;
}
