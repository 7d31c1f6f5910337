import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { findAllActionRules } from './action-rule.store';
import { findBranches } from './branch.store';
import { findAllContracts } from './contract.store';
import { findAllEarningRules } from './earning-rule.store';
import { findExperiments } from './experiment.store';
import { findAllPartners } from './partner.store';
import { findProgramme } from './programme.store';
import { findPurchaseRules } from './purchase-rule.store';
import { findConversionRates, findPurposeBudgets } from './rule-settings.store';
import { findTermsChanges } from './terms-change.store';

const LOCK = sql`/* partners.ruleBook.lock */
select version
  from rule_book_version
 where programme_id = $1
   for update`;

/** Makes changes of one programme's rule book queue, so that versions follow each other without gaps. */
export async function lockRuleBook(tx: Tx, programmeId: ProgrammeId): Promise<void> {
  await tx.query(LOCK, [programmeId]);
}

const ADVANCE = sql`/* partners.ruleBook.advance */
update rule_book_version
   set version = version + 1
 where programme_id = $1
returning version`;

/** Gives the rule book its next version and reads the whole of it; the row stays locked until the transaction ends. */
export async function advanceRuleBook(tx: Tx, programmeId: ProgrammeId): Promise<RuleBook> {
  const [advanced] = await tx.query<[{ version: string }[], number]>(ADVANCE, [programmeId]);
  const version = BigInt(advanced[0]!.version);
  const programme = (await findProgramme(tx, programmeId))!;
  const partners = await findAllPartners(tx, programmeId);
  const branches = await findBranches(tx, programmeId, null);
  const contracts = await findAllContracts(tx, programmeId);
  const earningRules = await findAllEarningRules(tx, programmeId);
  const actionRules = await findAllActionRules(tx, programmeId);
  const purchaseRules = await findPurchaseRules(tx, programmeId);
  const purposeBudgets = await findPurposeBudgets(tx, programmeId);
  const conversionRates = await findConversionRates(tx, programmeId);
  const experiments = await findExperiments(tx, programmeId);
  const termsChanges = await findTermsChanges(tx, programmeId);
  const settings = { termsChanges, purposeBudgets, conversionRates, experiments };
  return { version, programme, partners, branches, contracts, earningRules, actionRules, purchaseRules, ...settings };
}

const VERSION = sql`/* partners.ruleBook.version */
select version
  from rule_book_version
 where programme_id = $1`;

/** The version last published; 0 for a programme that is not there. */
export async function findRuleBookVersion(tx: Tx, programmeId: ProgrammeId): Promise<bigint> {
  const [row] = await tx.query<{ version: string }[]>(VERSION, [programmeId]);
  return BigInt(row?.version ?? 0);
}
