import { join } from 'node:path';
import { projectRoot } from '../../../kernel/config/project-root';
import { runInvariants } from '../../../kernel/db/invariants';
import { sqlStateOf } from '../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { openLog } from '../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { addPartner } from '../app/add-partner';
import { agreeContract } from '../app/agree-contract';
import { createProgramme } from '../app/create-programme';
import { issuePartnerKey } from '../app/issue-partner-key';
import { setEarningRule } from '../app/set-earning-rule';
import type { PartnersSetting } from '../app/setting';
import { suspendPartner } from '../app/suspend-partner';
import { anAdminOf, aPartner, aProgramme, aRate, freshKey, someTerms, theHost } from '../testkit/builders';
import { partnersDatabase } from './database';

const INVARIANTS = join(projectRoot(), 'subgraphs/partners/invariants');
const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));

let database: TestDatabase;
let setting: PartnersSetting;
beforeAll(async () => {
  database = await openTestDatabase(partnersDatabase);
  setting = { database, clock, log: openLog('partners', 'silent'), announced: () => {} };
});
afterAll(() => database.drop());

function value<V extends object>(outcome: V | Refusal): Exclude<V, Refusal> {
  if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome as Exclude<V, Refusal>;
}

async function found(): Promise<{
  programmeId: ProgrammeId;
  partnerId: PartnerId;
  admin: ReturnType<typeof anAdminOf>;
}> {
  const { programme } = value(await createProgramme(setting, theHost, aProgramme()));
  const admin = anAdminOf(programme.id);
  const { partner } = value(await addPartner(setting, admin, aPartner()));
  return { programmeId: programme.id, partnerId: partner.id, admin };
}

const redInvariants = async (): Promise<string[]> =>
  (await runInvariants(database, INVARIANTS)).filter(({ total }) => total > 0).map(({ name }) => name);

describe('the rule book', () => {
  it('is published whole, in the transaction of the change, with versions that rise by one', async () => {
    const { programmeId, partnerId, admin } = await found();
    value(await agreeContract(setting, admin, someTerms(partnerId)));
    value(await setEarningRule(setting, admin, aRate(partnerId)));
    value(await suspendPartner(setting, admin, { idempotencyKey: freshKey(), partnerId, reason: 'Unpaid.' }));
    const { rows } = await database.pool.query(
      `select payload from outbox where programme_id = $1 and type = 'partners.rule_book.published.v1' order by xid, seq`,
      [programmeId],
    );
    expect(rows.map(({ payload }) => payload.version)).toEqual(['1', '2', '3', '4', '5']);
    expect(rows.at(-1)!.payload).toMatchObject({
      programme: {
        id: programmeId,
        faceValueMicros: '10000',
        opensAt: '2026-01-01T00:00:00.000Z',
        pointsValidityDays: 365,
      },
      partners: [{ id: partnerId, canIssue: true, canRedeem: true, status: 'SUSPENDED' }],
      contracts: [
        { partnerId, version: 1, settlementModel: 'AT_REDEMPTION', reimbursementMicros: '8000', feeMicros: '0' },
      ],
      earningRules: [{ partnerId, version: 1, kind: 'BASE_RATE', points: '1', perAmountMinor: '100' }],
      tiers: [{ code: 'BASE', thresholdPoints: '0' }, { code: 'SILVER', thresholdPoints: '1000' }, { code: 'GOLD' }],
    });
  });

  it('has no gap and no version twice when twenty changes come at once', async () => {
    const { programmeId, admin } = await found();
    const added = await Promise.all(Array.from({ length: 20 }, () => addPartner(setting, admin, aPartner())));
    const versions = added.map((outcome) => Number(value(outcome).ruleBookVersion)).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
    const { rows } = await database.pool.query('select version from rule_book_version where programme_id = $1', [
      programmeId,
    ]);
    expect(rows).toEqual([{ version: '22' }]);
  });

  it('is untouched by a refused change', async () => {
    const { programmeId, partnerId, admin } = await found();
    const refused = await agreeContract(setting, admin, someTerms(partnerId, { reimbursementMicros: 10_001n }));
    expect(refused).toMatchObject({ code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE' });
    const { rows } = await database.pool.query('select version from rule_book_version where programme_id = $1', [
      programmeId,
    ]);
    expect(rows).toEqual([{ version: '2' }]);
  });
});

describe('races', () => {
  it('lets one of ten programmes have a key, one of ten partners a code', async () => {
    const { key } = aProgramme();
    const founded = await Promise.all(
      Array.from({ length: 10 }, () => createProgramme(setting, theHost, aProgramme({ key }))),
    );
    expect(founded.filter((outcome) => !isRefusal(outcome))).toHaveLength(1);
    const { admin } = await found();
    const added = await Promise.all(
      Array.from({ length: 10 }, () => addPartner(setting, admin, aPartner({ code: 'P01' }))),
    );
    expect(added.filter((outcome) => !isRefusal(outcome))).toHaveLength(1);
    expect(added.filter(isRefusal).every(({ code }) => code === 'PARTNERS_PARTNER_CODE_TAKEN')).toBe(true);
  });

  it('issues two of ten keys asked for at once', async () => {
    const { partnerId, admin } = await found();
    const issued = await Promise.all(
      Array.from({ length: 10 }, () => issuePartnerKey(setting, admin, { idempotencyKey: freshKey(), partnerId })),
    );
    expect(issued.filter((outcome) => !isRefusal(outcome))).toHaveLength(2);
    expect(issued.filter(isRefusal).every(({ code }) => code === 'PARTNERS_TOO_MANY_KEYS')).toBe(true);
  });

  it('negative control: counting keys without the partner’s lock issues more than two', async () => {
    const { programmeId, partnerId } = await found();
    const clients = await Promise.all(Array.from({ length: 5 }, () => database.pool.connect()));
    try {
      for (const client of clients) await client.query('begin');
      const counts = await Promise.all(
        clients.map((client) => client.query('select 1 from partner_key where partner_id = $1', [partnerId])),
      );
      for (const [index, client] of clients.entries()) {
        if ((counts[index]?.rowCount ?? 0) >= 2) continue;
        await client.query(
          `insert into partner_key (id, programme_id, partner_id, key_hash, scopes, issued_at)
           values ('key_' || md5($3), $1, $2, md5($3) || md5($3), '{points:earn}', now())`,
          [programmeId, partnerId, `${partnerId}${index}`],
        );
        await client.query('commit');
      }
    } finally {
      for (const client of clients) client.release();
    }
    expect(await redInvariants()).toEqual(['active-keys-are-few-and-owned']);
    await database.pool.query('delete from partner_key where partner_id = $1', [partnerId]);
  });
});

describe('the database itself', () => {
  const stateOf = async (statement: string, values: unknown[]): Promise<string | undefined> =>
    database.pool.query(statement, values).then(
      () => undefined,
      (error: unknown) => sqlStateOf(error),
    );

  it('refuses to change or remove what was agreed, to the application by its rights and to the owner by a trigger', async () => {
    const { partnerId, admin } = await found();
    value(await agreeContract(setting, admin, someTerms(partnerId)));
    const changes = [
      'update contract set fee_micros = 1 where partner_id = $1',
      'delete from earning_rule where partner_id = $1',
    ];
    for (const change of changes) {
      expect(await stateOf(change, [partnerId])).toBe('42501');
      await expect(database.asOwner(change, [partnerId]).catch(sqlStateOf)).resolves.toBe('23001');
    }
  });

  it('refuses a reimbursement above the face value', async () => {
    const { programmeId, partnerId } = await found();
    const insert = `insert into contract (id, programme_id, partner_id, version, valid_from, settlement_model,
      reimbursement_micros, fee_micros, face_value_micros, agreed_at)
      values ('ctr_' || md5($2), $1, $2, 1, now(), 'AT_REDEMPTION', 10001, 0, $3, now())`;
    expect(await stateOf(insert, [programmeId, partnerId, 10_000])).toBe('23514');
    // Pretending to another face value does not help: it must be the programme's.
    expect(await stateOf(insert, [programmeId, partnerId, 20_000])).toBe('23503');
  });
});

describe('invariants', () => {
  it('are green on a book made by use cases', async () => expect(await redInvariants()).toEqual([]));

  it.each([
    [
      'reimbursement-within-face-value',
      `alter table contract drop constraint reimbursement_within_face_value;
      update contract set reimbursement_micros = 10001`,
    ],
    ['rule-book-version-counts-its-events', `update rule_book_version set version = version + 1`],
    ['published-book-equals-the-tables', `update partner set status = 'ACTIVE'`],
    ['approved-proposals-are-contracts', `update programme set single_approver = false`],
    ['versions-without-gaps', `update contract set version = 7`],
    ['active-keys-are-few-and-owned', `update partner set status = 'LEFT'`],
  ])('%s is red on a corrupted copy', async (name, corruption) => {
    const copy = await openTestDatabase(partnersDatabase);
    try {
      const on = { ...setting, database: copy };
      const { programme } = value(await createProgramme(on, theHost, aProgramme()));
      const admin = anAdminOf(programme.id);
      const { partner } = value(await addPartner(on, admin, aPartner()));
      value(await agreeContract(on, admin, someTerms(partner.id)));
      value(await issuePartnerKey(on, admin, { idempotencyKey: freshKey(), partnerId: partner.id }));
      value(await suspendPartner(on, admin, { idempotencyKey: freshKey(), partnerId: partner.id, reason: 'Unpaid.' }));
      expect((await runInvariants(copy, INVARIANTS)).filter(({ total }) => total > 0)).toEqual([]);
      await copy.asOwner(`alter table contract disable trigger contract_is_history; ${corruption}`);
      const red = (await runInvariants(copy, INVARIANTS)).filter(({ total }) => total > 0);
      expect(red.map((finding) => finding.name)).toContain(name);
    } finally {
      await copy.drop();
    }
  });
});
