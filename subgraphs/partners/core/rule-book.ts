import type { ActionRule } from './action-rule';
import type { Branch } from './branch';
import type { Contract } from './contract';
import type { EarningRule } from './earning-rule';
import type { Experiment } from './experiment';
import type { Partner } from './partner';
import type { Programme } from './programme';
import type { PurchaseRule } from './purchase-rule';
import type { ConversionRate, PurposeBudget } from './rule-settings';
import type { TermsChange } from './terms-change';

/**
 * All that a programme and its partners agreed, as of one version. Versions rise by one with every change and have no
 * gaps, so a reader that saw version 7 and then 9 knows that it missed one.
 */
export interface RuleBook {
  readonly version: bigint;
  readonly programme: Programme;
  readonly partners: readonly Partner[];
  /** Places of all partners, closed ones as well. */
  readonly branches: readonly Branch[];
  readonly contracts: readonly Contract[];
  readonly earningRules: readonly EarningRule[];
  readonly actionRules: readonly ActionRule[];
  /** Every version, those that stop a rule included. */
  readonly purchaseRules: readonly PurchaseRule[];
  readonly purposeBudgets: readonly PurposeBudget[];
  readonly conversionRates: readonly ConversionRate[];
  /** Approved changes of the programme's terms, in force already or later; the programme itself is as it was founded. */
  readonly termsChanges: readonly TermsChange[];
  readonly experiments: readonly Experiment[];
}
