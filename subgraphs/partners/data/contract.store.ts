import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Contract } from '../core/contract';
import { ContractRow } from './contract.row';

const INSERT = sql`/* partners.agreeContract.insert */
insert into contract (id, programme_id, partner_id, version, valid_from, settlement_model, reimbursement_micros, fee_micros,
                      issuance_micros, prefund_bps, breakage_share_bps, release_on_funding, issuance_cap_points,
                      issuance_cap_period, net_debit_cap_micros, net_debit_alert_bps, face_value_micros, agreed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;

/** Writes one version; the database itself refuses a reimbursement above the face value. */
export async function insertContract(
  tx: Tx,
  programmeId: ProgrammeId,
  { contract, faceValueMicros, agreedAt }: { contract: Contract; faceValueMicros: bigint; agreedAt: Date },
): Promise<void> {
  const c = contract;
  const prices = [c.settlementModel, c.reimbursementMicros, c.feeMicros, c.issuanceMicros, c.prefundBps];
  const caps = [c.issuanceCap?.points ?? null, c.issuanceCap?.period ?? null, c.netDebitCapMicros, c.netDebitAlertBps];
  const terms = [...prices, c.breakageShareBps, c.releaseOnFunding, ...caps];
  await tx.query(INSERT, [c.id, programmeId, c.partnerId, c.version, c.validFrom, ...terms, faceValueMicros, agreedAt]);
}

/** Every version of some partners' contracts, oldest first. */
export async function findContracts(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<Contract[]> {
  const rows = await tx.find(ContractRow, {
    where: { programmeId, partnerId: In([...partnerIds]) },
    order: { partnerId: 'asc', version: 'asc' },
  });
  return rows.map(contractOf);
}

/** Every version of every contract of a programme. */
export async function findAllContracts(tx: Tx, programmeId: ProgrammeId): Promise<Contract[]> {
  const rows = await tx.find(ContractRow, { where: { programmeId }, order: { partnerId: 'asc', version: 'asc' } });
  return rows.map(contractOf);
}

function contractOf({
  programmeId: _,
  faceValueMicros: __,
  agreedAt: ___,
  issuanceCapPoints: points,
  issuanceCapPeriod: period,
  ...terms
}: ContractRow): Contract {
  return { ...terms, issuanceCap: points === null || period === null ? null : { points, period } };
}
