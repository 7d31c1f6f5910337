import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PurchaseRule } from '../core/purchase-rule';

const INSERT = sql`/* partners.purchaseRule.insert */
insert into purchase_rule (id, programme_id, partner_id, code, version, campaign_id, valid_from, valid_until, terms, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Writes one version. */
export async function insertPurchaseRule(
  tx: Tx,
  programmeId: ProgrammeId,
  rule: PurchaseRule,
  setAt: Date,
): Promise<void> {
  const { id, partnerId, code, version, campaignId, validFrom, validUntil, terms } = rule;
  const text = terms === null ? null : JSON.stringify(terms, wholeNumbersAsText);
  await tx.query(INSERT, [id, programmeId, partnerId, code, version, campaignId, validFrom, validUntil, text, setAt]);
}

function wholeNumbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const FIND_ALL = sql`/* partners.purchaseRule.findAll */
select id, partner_id, code, version, campaign_id, valid_from, valid_until, terms
  from purchase_rule
 where programme_id = $1 and ($2::text is null or (partner_id = $2 and code = $3))
 order by partner_id, code, version`;

interface Row {
  id: Id<'rul'>;
  partner_id: PartnerId;
  code: string;
  version: number;
  campaign_id: Id<'cmp'> | null;
  valid_from: Date;
  valid_until: Date | null;
  terms: Record<string, unknown> | null;
}

/** Every version of every rule of a programme, or of the one a partner calls so; oldest first. */
export async function findPurchaseRules(
  tx: Tx,
  programmeId: ProgrammeId,
  named?: { partnerId: PartnerId; code: string },
): Promise<PurchaseRule[]> {
  const rows = await tx.query<Row[]>(FIND_ALL, [programmeId, named?.partnerId ?? null, named?.code ?? null]);
  return rows.map((row) => ({
    id: row.id,
    partnerId: row.partner_id,
    code: row.code,
    version: row.version,
    campaignId: row.campaign_id,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    terms: row.terms === null ? null : termsFrom(row.terms),
  }));
}

/** Whole numbers come back as the text they were written as. */
function termsFrom({ effect, minAmountMinor, capPoints, campaign, ...terms }: Record<string, unknown>) {
  const whole = (value: unknown) => (value === null || value === undefined ? null : BigInt(value as string));
  const { points, perAmountMinor, ...rest } = effect as Record<string, unknown>;
  const own = campaign as Record<string, unknown> | null;
  return {
    ...terms,
    effect: { ...rest, points: whole(points), perAmountMinor: whole(perAmountMinor) },
    minAmountMinor: whole(minAmountMinor),
    capPoints: whole(capPoints),
    campaign: own && { ...own, budgetPoints: whole(own['budgetPoints']) },
  } as NonNullable<PurchaseRule['terms']>;
}
