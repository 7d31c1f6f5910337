import type { Story, StoryEvent } from './story';

/** What happens to points besides being earned and spent. Each follows from the story, so every telling has the same. */
export type Movement =
  /** Goods come back; `amount` grosze of the purchase are paid back. */
  | { readonly kind: 'RETURN'; readonly ref: string; readonly purchase: StoryEvent; readonly amount: bigint }
  /** A member gives points to the next one. */
  | { readonly kind: 'GIFT'; readonly ref: string; readonly from: string; readonly to: string; readonly points: bigint }
  /** A brand undoes a redemption. */
  | { readonly kind: 'REVERSAL'; readonly ref: string; readonly redemption: StoryEvent }
  /** A brand promises points that wait. */
  | {
      readonly kind: 'PROMISE';
      readonly ref: string;
      readonly card: string;
      readonly brand: string;
      readonly points: bigint;
    }
  /** Promised points become spendable. */
  | { readonly kind: 'FULFILMENT'; readonly ref: string; readonly promise: string };

/** Days within which what was bought or spent comes back, and points wait. */
const DAYS_LATER = 3;
const PROMISED = 50n;

/**
 * What moves after the visits of a day: every ninth day something comes back, every tenth somebody gives, every eleventh a
 * redemption is undone, every twelfth points are promised. Those promised on the last day still wait when the story ends.
 *
 * @param number of the day, from 0
 */
export function movementsAfter(story: Story, number: number): Movement[] {
  const [today, earlier] = [eventsOf(story, number), eventsOf(story, number - DAYS_LATER)];
  const isLast = number === story.days.length - 1;
  return [
    ...(number % 9 === 4 ? returns(earlier, number) : []),
    ...(number % 10 === 8 ? gifts(story, today) : []),
    ...(number % 11 === 10 ? reversals(earlier) : []),
    ...(number % 12 === 6 || isLast ? promises(today, number) : []),
    ...((number - DAYS_LATER) % 12 === 6 ? fulfilments(earlier, number - DAYS_LATER) : []),
  ];
}

function eventsOf({ days }: Story, number: number): readonly StoryEvent[] {
  return days[number]?.events ?? [];
}

const firstOf = (events: readonly StoryEvent[], kind: StoryEvent['kind']): StoryEvent[] =>
  events.filter((event) => event.kind === kind).slice(0, 1);

/** Whole on even days, half of it on odd ones. */
function returns(events: readonly StoryEvent[], number: number): Movement[] {
  return firstOf(events, 'PURCHASE').map((purchase) => {
    const amount = number % 2 === 0 ? purchase.amount : purchase.amount / 2n;
    return { kind: 'RETURN', ref: `B-${purchase.ref}`, purchase, amount };
  });
}

function gifts({ members }: Story, events: readonly StoryEvent[]): Movement[] {
  return firstOf(events, 'PURCHASE').map(({ ref, card: from }) => {
    const place = members.findIndex(({ card }) => card === from);
    const to = members[(place + 1) % members.length]!.card;
    return { kind: 'GIFT', ref: `G-${ref}`, from, to, points: 5n };
  });
}

function reversals(events: readonly StoryEvent[]): Movement[] {
  return firstOf(events, 'REDEMPTION').map((redemption) => {
    return { kind: 'REVERSAL', ref: `U-${redemption.ref}`, redemption };
  });
}

function promises(events: readonly StoryEvent[], number: number): Movement[] {
  return firstOf(events, 'PURCHASE').map(({ card, brand }) => {
    return { kind: 'PROMISE', ref: promiseOf(number), card, brand, points: PROMISED };
  });
}

function fulfilments(events: readonly StoryEvent[], number: number): Movement[] {
  return firstOf(events, 'PURCHASE').map(() => {
    return { kind: 'FULFILMENT', ref: `F-${number}`, promise: promiseOf(number) };
  });
}

const promiseOf = (number: number) => `W-${number}`;
