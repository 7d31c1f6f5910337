import type { DatabaseDefinition } from '../../../kernel/db/database';
import { USUAL_TENANCY, type Through } from '../../../kernel/db/tenancy';
import { LedgerBook1795650000000 } from './migrations/1795650000000-ledger-book';
import { LedgerFeed1795700000000 } from './migrations/1795700000000-ledger-feed';
import { CapCounters1795710000000 } from './migrations/1795710000000-cap-counters';
import { Adjustments1795720000000 } from './migrations/1795720000000-adjustments';
import { Receipts1795730000000 } from './migrations/1795730000000-receipts';
import { DueJobs1795740000000 } from './migrations/1795740000000-due-jobs';
import { ExpiryWarnings1795750000000 } from './migrations/1795750000000-expiry-warnings';
import { Verification1795760000000 } from './migrations/1795760000000-verification';
import { VerificationRounds1795770000000 } from './migrations/1795770000000-verification-rounds';
import { EarnExplanations1795820010000 } from './migrations/1795820010000-earn-explanations';
import { SettlementCycle1795830000000 } from './migrations/1795830000000-settlement-cycle';
import { BuyOuts1795830000001 } from './migrations/1795830000001-buy-outs';
import { ClosingPackages1795840000000 } from './migrations/1795840000000-closing-packages';
import { PartyDetails1795850000000 } from './migrations/1795850000000-party-details';
import { MemberFacts1795825050000 } from './migrations/1795825050000-member-facts';
import { BankEntries1795850020000 } from './migrations/1795850020000-bank-entries';
import { ClaimsSettleOnce1795825010000 } from './migrations/1795825010000-claims-settle-once';
import { DefaultsAndRunOff1795890000000 } from './migrations/1795890000000-defaults-and-run-off';
import { RedemptionRates1795850010000 } from './migrations/1795850010000-redemption-rates';
import { PurchasesByTime1795860100000 } from './migrations/1795860100000-purchases-by-time';
import { PassedRules1795860000000 } from './migrations/1795860000000-passed-rules';
import { Campaigns1795890200000 } from './migrations/1795890200000-campaigns';
import { CampaignVerdicts1795891000000 } from './migrations/1795891000000-campaign-verdicts';
import { CampaignDecisions1795891010000 } from './migrations/1795891010000-campaign-decisions';
import { RedemptionMoney1795892000000 } from './migrations/1795892000000-redemption-money';
import { VintageFlows1795892010000 } from './migrations/1795892010000-vintage-flows';
import { RowMarks1795892020000 } from './migrations/1795892020000-row-marks';
import { VintageSums1795892030000 } from './migrations/1795892030000-vintage-sums';
import { TotalsOfPairs1795892030000 } from './migrations/1795892030000-totals-of-pairs';
import { RowsOfProgrammes1795894000000 } from './migrations/1795894000000-rows-of-programmes';
import { StandingGuards1795899000000 } from './migrations/1795899000000-standing-guards';
import { ContinuedLots1795896000000 } from './migrations/1795896000000-continued-lots';
import { CapShareKey1795897000000 } from './migrations/1795897000000-cap-share-key';
import { WrongReceipts1795900000000 } from './migrations/1795900000000-wrong-receipts';

const OF_ITS_WALLET: Through = { table: 'wallet', by: { bucket: 'bucket', wallet: 'wallet' } };
const OF_ITS_CYCLE: Through = { table: 'settlement_cycle', by: { cycle_id: 'id' } };
const through = (how: Through, tables: readonly string[]) => Object.fromEntries(tables.map((table) => [table, how]));

/** The ledger's own database: all its tables are read and written by named SQL, so there are no rows to map. */
export const ledgerDatabase: DatabaseDefinition = {
  name: 'ledger',
  rows: [],
  migrations: [
    LedgerBook1795650000000,
    LedgerFeed1795700000000,
    CapCounters1795710000000,
    Adjustments1795720000000,
    Receipts1795730000000,
    DueJobs1795740000000,
    ExpiryWarnings1795750000000,
    Verification1795760000000,
    VerificationRounds1795770000000,
    EarnExplanations1795820010000,
    SettlementCycle1795830000000,
    BuyOuts1795830000001,
    ClosingPackages1795840000000,
    PartyDetails1795850000000,
    RedemptionRates1795850010000,
    BankEntries1795850020000,
    ClaimsSettleOnce1795825010000,
    MemberFacts1795825050000,
    PassedRules1795860000000,
    PurchasesByTime1795860100000,
    DefaultsAndRunOff1795890000000,
    Campaigns1795890200000,
    CampaignVerdicts1795891000000,
    CampaignDecisions1795891010000,
    RedemptionMoney1795892000000,
    VintageFlows1795892010000,
    RowMarks1795892020000,
    VintageSums1795892030000,
    TotalsOfPairs1795892030000,
    RowsOfProgrammes1795894000000,
    ContinuedLots1795896000000,
    StandingGuards1795899000000,
    CapShareKey1795897000000,
    WrongReceipts1795900000000,
  ],
  appendOnly: [
    'journal_transaction',
    'journal_feed',
    'entry',
    'lot',
    'lot_terms',
    'lot_extension',
    'claim',
    'closing_package',
    'money_entry',
    'purchase',
    'earn_explanation',
    'passed_rules',
    'purchase_return',
    'redemption_reversal',
    'redemption_money',
    'award',
    'campaign_lot',
    'campaign_response',
    'campaign_verdict',
    'campaign_decision',
    'document',
    'command_refusal',
    'receipt',
    'bank_entry',
    'chain_seal',
    'verification_round',
    'settlement_entry',
  ],
  tenancy: {
    ...USUAL_TENANCY,
    withheld: {
      ...USUAL_TENANCY.withheld,
      chain_seal: 'seals of the whole journal, each over accounts of every programme',
      command_refusal:
        'read and written by posting lanes alone; a refused command need not have a wallet that says whose it is',
      journal_feed: 'the numbered journal of every programme, which the event feed reads',
      journal_feed_state: 'how far the event feed has numbered the journal',
      ledger_epoch: 'the epoch of the whole book, read once when the ledger opens',
      roll_up_state: 'how far the roll-up has come, which takes the claims of every programme together',
      vintage_roll_up_state: 'how far the roll-up of vintages has come, which takes those of every programme together',
      verification_round: 'rounds of verification, each over the accounts of every programme',
    },
    through: {
      ...through(OF_ITS_WALLET, [
        'award',
        'campaign_lot',
        'earn_explanation',
        'entry',
        'lot',
        'lot_extension',
        'purchase_return',
        'redemption_money',
        'redemption_reversal',
      ]),
      ...through(OF_ITS_CYCLE, [
        'claim',
        'claim_line',
        'claim_pair',
        'claim_part',
        'claim_remainder',
        'closing_package',
        'cycle_activity',
        'cycle_step',
        'directional_total',
        'net_position',
        'run_off_draw',
        'settlement_rate',
        'statement_agreement',
      ]),
      default_share: { table: 'partner_default', by: { default_id: 'id' } },
    },
    common: {
      lot_terms: 'terms by the hash of what they say, one row for all lots that say the same; lots lead to them',
      passed_rules: 'lists of rules by the hash of what they say; the explanations of purchases lead to them',
    },
  },
};
