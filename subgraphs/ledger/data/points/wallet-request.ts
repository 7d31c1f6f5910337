import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { LinkKey } from '../directory.store';
import type { WalletKey } from '../../core/points/wallet';

/** What of a wallet's lots and past a rule asks for; everything is read under the wallet's lock. */
export interface Needs {
  /** Its spendable lots. */
  readonly lots: boolean;
  readonly pendingLots: boolean;
  /** Lots by number, spent or not. */
  readonly pastLots: readonly bigint[];
  /** Holds, redemptions and purchases by the version that made them; purchases bring their lots. */
  readonly holds: readonly bigint[];
  readonly redemptions: readonly bigint[];
  readonly purchases: readonly bigint[];
  readonly awards: readonly { readonly partnerId: PartnerId; readonly action: string }[];
  /** An instant just before which the qualifying points are asked for, less what of them was taken back since; null: not. */
  readonly qualifyingBefore: Date | null;
}

/** Nothing besides the wallet's own row. */
export const NO_NEEDS: Needs = {
  lots: false,
  pendingLots: false,
  pastLots: [],
  holds: [],
  redemptions: [],
  purchases: [],
  awards: [],
  qualifyingBefore: null,
};

/** A wallet to lock. */
export interface WalletRequest {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
  /** Made when missing; a wallet that is only named by an id in the input is not. */
  readonly isNew: boolean;
  /** Made as well when one of these links is there: a member a partner has no link to gets no wallet by its call. */
  readonly opensFor: readonly LinkKey[];
  readonly needs: Needs;
}

/** What a wallet is found by within a batch: its UUID, of which the bucket is the last byte. */
export const walletText = ({ wallet }: WalletKey): string => wallet;

/** Keys as the two arrays `unnest` wants. */
export function keyArrays(keys: readonly WalletKey[]): [string, string] {
  return [arrayText(keys.map(({ bucket }) => bucket)), arrayText(keys.map(({ wallet }) => wallet))];
}

/** An array in PostgreSQL's own form, of values that need no quoting: numbers, uuids. */
export function arrayText(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}
