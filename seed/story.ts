import { endOfDay, instantOfLocal } from '../kernel/values/instant';
import { Dice } from './dice';
import { SCALES, type Scale } from './scales';

/** The demo coalition's key. */
export const DEMO_KEY = 'demo';
export const DEMO_TIME_ZONE = 'Europe/Warsaw';
/** The first day of the story; the same for everybody, so that every demo tells the same one. */
const FIRST_DAY = '2026-01-01';
const SEED = 20_260_101;

/** The three brands: a bakery, a bookshop and a pharmacy. */
export const BRANDS = [
  { code: 'PIEKARNIA', name: 'Piekarnia Złoty Kłos', points: 1n, perAmountMinor: 100n },
  { code: 'MAKTABA', name: 'مكتبة النور', points: 2n, perAmountMinor: 100n },
  { code: 'DARUKHANE', name: 'داروخانه سپید', points: 3n, perAmountMinor: 200n },
] as const;

const NAMES = {
  pl: {
    first: ['Zofia', 'Łukasz', 'Małgorzata', 'Wojciech', 'Jagoda', 'Świętosław'],
    last: ['Dąbek', 'Żuraw', 'Cień', 'Wróbel', 'Gęś'],
  },
  ar: {
    first: ['ليلى', 'يوسف', 'مريم', 'عمر', 'نور', 'سلمى'],
    last: ['الحداد', 'النجار', 'البستاني', 'الخطيب', 'الصياد'],
  },
  fa: {
    first: ['شیرین', 'آرش', 'نیلوفر', 'کاوه', 'پریسا', 'سهراب'],
    last: ['باغبان', 'آهنگر', 'نقاش', 'دریایی', 'گلکار'],
  },
} as const;
const LANGUAGES = ['pl', 'ar', 'fa'] as const;

export interface StoryMember {
  readonly card: string;
  readonly name: string;
  readonly language: string;
  /** The brand that enrolled them. */
  readonly brand: string;
}

export interface StoryEvent {
  readonly kind: 'PURCHASE' | 'REDEMPTION';
  readonly ref: string;
  readonly card: string;
  readonly brand: string;
  readonly occurredAt: Date;
  /** Grosze of a purchase, or points of a redemption. */
  readonly amount: bigint;
}

/** The demo coalition's story: who, and what happened on each day. */
export interface Story {
  readonly opensAt: Date;
  readonly members: readonly StoryMember[];
  readonly days: readonly { readonly endsAt: Date; readonly events: readonly StoryEvent[] }[];
}

/** Tells the story of a scale: the same words every time. */
export function tellStory(scale: Scale): Story {
  const dice = new Dice(SEED);
  const { members: size, days: length, visitsADay } = SCALES[scale];
  const members = Array.from({ length: size }, (_, number) => memberOf(number, dice));
  const days = Array.from({ length }, (_, number) => {
    const day = new Date(Date.parse(`${FIRST_DAY}T12:00:00Z`) + number * 86_400_000).toISOString().slice(0, 10);
    const visits = Array.from({ length: visitsADay }, (_, visit) =>
      visitOf({ day, visit, members, dice, mayRedeem: number > 6 }),
    );
    return {
      endsAt: endOfDay(day, DEMO_TIME_ZONE),
      events: visits.toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime()),
    };
  });
  return { opensAt: new Date(Date.parse(`${FIRST_DAY}T00:00:00Z`) - 86_400_000), members, days };
}

function memberOf(number: number, dice: Dice): StoryMember {
  const language = LANGUAGES[number % LANGUAGES.length]!;
  const names = NAMES[language];
  return {
    card: `DEMO${String(number + 1).padStart(6, '0')}`,
    name: `${dice.pick(names.first)} ${dice.pick(names.last)}`,
    language,
    brand: BRANDS[number % BRANDS.length]!.code,
  };
}

function visitOf(parts: {
  day: string;
  visit: number;
  members: readonly StoryMember[];
  dice: Dice;
  mayRedeem: boolean;
}): StoryEvent {
  const { day, visit, members, dice, mayRedeem } = parts;
  const isRedemption = mayRedeem && dice.next() < 0.15;
  const minute = dice.whole(8 * 60, 21 * 60);
  const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;
  return {
    kind: isRedemption ? 'REDEMPTION' : 'PURCHASE',
    ref: `${isRedemption ? 'R' : 'P'}-${day}-${String(visit).padStart(4, '0')}`,
    card: dice.pick(members).card,
    brand: dice.pick(BRANDS).code,
    occurredAt: instantOfLocal(`${day}T${time}`, DEMO_TIME_ZONE)!,
    amount: BigInt(isRedemption ? dice.whole(1, 6) * 10 : dice.whole(490, 24_900)),
  };
}
