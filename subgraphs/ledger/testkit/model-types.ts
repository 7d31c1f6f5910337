/** What the model of the posting rules (model-book.ts) speaks of. */

export type Brand = 'A' | 'B' | 'C' | 'D';
export type ModelParty = Brand | 'H';

/** One version of a brand's terms; prices in micro-units per point, shares in basis points. */
export interface ModelContract {
  readonly from: number;
  readonly model: 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';
  readonly r: number;
  readonly I: number;
  readonly f: number;
  readonly h: number;
  readonly b: number;
}

/** What the programme agreed. Times are milliseconds, and days are those of UTC. */
export interface ModelRules {
  readonly contracts: Readonly<Record<Brand, readonly ModelContract[]>>;
  /** So many points for every so many minor units. */
  readonly earning: { readonly points: number; readonly perMinor: number };
  /** Days the points of a purchase wait, by brand. */
  readonly pendingDays: Readonly<Record<Brand, number>>;
  readonly validityDays: number;
  readonly graceDays: number;
  readonly arrearsLimit: number;
}

export interface Share {
  readonly who: ModelParty;
  readonly bps: number;
}

/** The terms a lot was issued under. */
export interface Terms extends Pick<ModelContract, 'model' | 'I' | 'f' | 'h' | 'b'> {
  readonly issuer: ModelParty;
  /** R: the highest r of any brand then. */
  readonly R: number;
  readonly shares: readonly Share[];
}

export interface ModelLot {
  readonly n: number;
  readonly terms: Terms;
  readonly earned: number;
  readonly quantity: number;
  readonly counts: boolean;
  readonly isGift: boolean;
  readonly releaseAt: number | null;
  expires: number;
  pending: number;
  available: number;
  /** Points whose fee was paid when they came and has not come back; of a gift the giver's lot paid it. */
  charged: number;
  clawedBack: number;
  expired: number;
}

export interface Part {
  readonly lot: number;
  points: number;
}

export interface ModelHold {
  readonly brand: Brand;
  readonly until: number;
  readonly parts: Part[];
  open: boolean;
}

/** Points of one lot that somebody accepted, and at what price. */
export interface Spent {
  readonly terms: Terms;
  readonly lot: number;
  readonly by: ModelParty;
  readonly r: number;
  points: number;
}

export interface ModelRedemption {
  /** Places in the list of what was spent, in the order taken. */
  readonly draws: readonly number[];
}

export interface ModelPurchase {
  readonly brand: Brand;
  readonly lot: number | null;
  readonly earned: number;
  keptMinor: number;
  clawedBack: number;
}

export interface ModelMember {
  lots: ModelLot[];
  holds: ModelHold[];
  redemptions: ModelRedemption[];
  purchases: ModelPurchase[];
  /** In the order they were opened. */
  arrears: { to: ModelParty; points: number; opened: number }[];
  qualifying: number;
}

export type Happened =
  | { readonly what: 'released' | 'taken unspent' | 'expired'; readonly terms: Terms; readonly points: number }
  /** Of so many that had expired. */
  | { readonly what: 'reinstated'; readonly terms: Terms; readonly points: number; readonly of: number }
  /** Of so many outstanding. */
  | { readonly what: 'given'; readonly terms: Terms; readonly points: number; readonly of: number };

export const DAY = 86_400_000;

/** What a member has, as text that two books can be compared by. */
export interface MemberPicture {
  readonly balances: string;
  readonly open: string;
  readonly pending: string;
  readonly owed: string;
}

export interface NewLot {
  readonly terms: Terms;
  readonly points: number;
  readonly earned: number;
  readonly expires: number;
  readonly counts: boolean;
  readonly releaseAt: number | null;
  readonly waits: boolean;
  readonly isGift?: boolean;
}
