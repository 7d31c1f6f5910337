import { join } from 'node:path';
import { projectRoot } from '../../../kernel/config/project-root';
import type { Principal } from '../../../kernel/context/principal';
import { runInvariants } from '../../../kernel/db/invariants';
import { sqlStateOf } from '../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { confirmPartnerLink } from '../app/confirm-partner-link';
import { enrolMember } from '../app/enrol-member';
import { recordPartnerStandings } from '../app/record-partner-standings';
import type { MembersSetting } from '../app/setting';
import type { Enrolment } from '../core/enrolment';
import {
  aKeyOf,
  aMember,
  anEnrolment,
  aPartnerId,
  aProgrammeId,
  freshCard,
  freshKey,
  freshPhone,
} from '../testkit/builders';
import { membersDatabase } from './database';

const INVARIANTS = join(projectRoot(), 'subgraphs/members/invariants');
const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));

let database: TestDatabase;
let setting: MembersSetting;
beforeAll(async () => {
  database = await openTestDatabase(membersDatabase, { poolSize: 20 });
  setting = { database, clock, identityKey: 'k'.repeat(32), announced: () => {} };
});
afterAll(() => database.drop());

function value<V extends object>(outcome: V | Refusal): Exclude<V, Refusal> {
  if (isRefusal(outcome)) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome as Exclude<V, Refusal>;
}

const enrol = async (who: Principal, change: Partial<Enrolment> = {}) =>
  value(await enrolMember(setting, who, anEnrolment(change)));

async function redInvariants(on: TestDatabase = database): Promise<string[]> {
  return (await runInvariants(on, INVARIANTS)).filter(({ total }) => total > 0).map(({ name }) => name);
}

describe('enrolling', () => {
  it('announces the member, the identity and the link, in that order and without the identity', async () => {
    const key = aKeyOf(aProgrammeId());
    const value = freshPhone();
    const { member } = await enrol(key, { identity: { kind: 'PHONE', value } });
    const { rows } = await database.pool.query(
      'select type, payload from outbox where aggregate_id = $1 order by xid, seq',
      [member.id],
    );
    expect(rows.map(({ type }) => type)).toEqual([
      'members.member.enrolled.v1',
      'members.identity.linked.v1',
      'members.partner_link.changed.v1',
    ]);
    expect(rows[1].payload).toEqual({
      ...{ memberId: member.id, kind: 'PHONE', partnerId: null, blindIndex: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(rows[2].payload).toEqual({ memberId: member.id, partnerId: key.partnerId, state: 'CREDIT_ONLY' });
    const { rows: all } = await database.pool.query(
      `select (select jsonb_agg(t) from outbox t)::text || (select jsonb_agg(t) from identity_link t)::text
           || (select jsonb_agg(t) from command_key t)::text as everything`,
    );
    expect(all[0].everything).not.toContain(value.slice(1));
    expect(all[0].everything).not.toContain('Anna');
  });

  it('finds the same member however the number is written', async () => {
    const programmeId = aProgrammeId();
    const one = await enrol(aKeyOf(programmeId), { identity: { kind: 'PHONE', value: '+48 22 123-45-67' } });
    const two = await enrol(aKeyOf(programmeId), { identity: { kind: 'PHONE', value: '+٤٨٢٢١٢٣٤٥٦٧' } });
    expect(two.member.id).toBe(one.member.id);
  });

  it('keeps programmes apart, and customer numbers of two partners', async () => {
    const identity = { kind: 'EMAIL', value: 'anna@example.com' } as const;
    const [one, two] = [
      await enrol(aKeyOf(aProgrammeId()), { identity }),
      await enrol(aKeyOf(aProgrammeId()), { identity }),
    ];
    expect(one.member.id).not.toBe(two.member.id);
    const programmeId = aProgrammeId();
    const number = { kind: 'PARTNER_CUSTOMER_ID', value: '42' } as const;
    const [here, there] = [
      await enrol(aKeyOf(programmeId), { identity: number }),
      await enrol(aKeyOf(programmeId), { identity: number }),
    ];
    expect(here.member.id).not.toBe(there.member.id);
  });

  it('opens a credit-only link when the card is shown later, and announces it once', async () => {
    const programmeId = aProgrammeId();
    const [one, two] = [aKeyOf(programmeId), aKeyOf(programmeId)];
    const card = { kind: 'CARD', value: freshCard() } as const;
    const { member } = await enrol(one, { identity: card });
    await enrol(two, { identity: card });
    await enrol(two, { identity: card });
    const { rows } = await database.pool.query(
      `select payload ->> 'state' as state from outbox where type = 'members.partner_link.changed.v1' and aggregate_id = $1`,
      [member.id],
    );
    expect(rows).toEqual([{ state: 'OPEN' }, { state: 'OPEN' }]);
  });

  it('enrols nobody for a partner it knows to be suspended, as of the newest version heard', async () => {
    const programmeId = aProgrammeId();
    const key = aKeyOf(programmeId);
    const hear = (version: bigint, status: 'ACTIVE' | 'SUSPENDED') =>
      recordPartnerStandings(database.dataSource.manager, programmeId, {
        version,
        partners: [{ id: key.partnerId, status }],
      });
    await hear(3n, 'SUSPENDED');
    await hear(2n, 'ACTIVE');
    expect(await enrolMember(setting, key, anEnrolment())).toMatchObject({ code: 'MEMBERS_PARTNER_NOT_ACTIVE' });
    await hear(4n, 'ACTIVE');
    await enrol(key);
  });
});

describe('the same identity at the same time', () => {
  const AT_ONCE = 16;

  it('makes one member of sixteen enrolments at sixteen partners', async () => {
    const programmeId = aProgrammeId();
    const identity = { kind: 'PHONE', value: freshPhone() } as const;
    const enrolled = await Promise.all(Array.from({ length: AT_ONCE }, () => enrol(aKeyOf(programmeId), { identity })));
    expect(new Set(enrolled.map(({ member }) => member.id)).size).toBe(1);
    const { rows } = await database.pool.query(
      `select (select count(*)::int from member where programme_id = $1) as members,
              (select count(*)::int from partner_link where programme_id = $1) as links,
              (select count(*)::int from outbox where programme_id = $1 and type = 'members.member.enrolled.v1') as announced`,
      [programmeId],
    );
    expect(rows).toEqual([{ members: 1, links: AT_ONCE, announced: 1 }]);
  });

  it('links one partner once, however many tills it has', async () => {
    const key = aKeyOf(aProgrammeId());
    const identity = { kind: 'CARD', value: freshCard() } as const;
    const enrolled = await Promise.all(Array.from({ length: AT_ONCE }, () => enrol(key, { identity })));
    expect(enrolled.filter(({ linked }) => !linked)).toHaveLength(1);
  });

  it('negative control: looking first and then writing, without the unique index, makes two members', async () => {
    const copy = await openTestDatabase(membersDatabase);
    try {
      await copy.asOwner('alter table identity_link drop constraint one_identity_one_member');
      const programmeId = aProgrammeId();
      const index = 'a'.repeat(64);
      const clients = [await copy.pool.connect(), await copy.pool.connect()];
      for (const client of clients) {
        await client.query('begin');
        const { rowCount } = await client.query('select 1 from identity_link where blind_index = $1', [index]);
        expect(rowCount).toBe(0);
      }
      for (const [n, client] of clients.entries()) {
        const id = `mem_${String(n).repeat(32)}`;
        await client.query(`insert into member values ($1, $2, null, null, now(), now())`, [id, programmeId]);
        await client.query(`insert into identity_link values ($1, $2, 'PHONE', '', $3, $4, now())`, [
          `idl_${String(n).repeat(32)}`,
          programmeId,
          index,
          id,
        ]);
        await client.query('commit');
        client.release();
      }
      expect(await redInvariants(copy)).toContain('one-identity-one-member');
    } finally {
      await copy.drop();
    }
  });
});

describe('the database itself', () => {
  it('refuses a second owner of an identity, and an identity without a member', async () => {
    const programmeId = aProgrammeId();
    const { member } = await enrol(aKeyOf(programmeId));
    const insert = `insert into identity_link (id, programme_id, kind, partner_id, blind_index, member_id, linked_at)
      select 'idl_' || md5($2), $1, 'PHONE', '', $3, $2, now()`;
    const stateOf = (index: string, memberId: string) =>
      database.pool.query(insert, [programmeId, memberId, index]).then(
        () => undefined,
        (error: unknown) => sqlStateOf(error),
      );
    const { rows } = await database.pool.query('select blind_index from identity_link where member_id = $1', [
      member.id,
    ]);
    expect(await stateOf(rows[0].blind_index, member.id)).toBe('23505');
    expect(await stateOf('b'.repeat(64), `mem_${'0'.repeat(32)}`)).toBe('23503');
  });
});

describe('invariants', () => {
  it('are green on a book made by use cases', async () => expect(await redInvariants()).toEqual([]));

  it.each([
    [
      'one-identity-one-member',
      `alter table identity_link drop constraint one_identity_one_member;
      update identity_link set blind_index = repeat('a', 64)`,
    ],
    ['every-member-was-announced-once', `delete from outbox where type = 'members.member.enrolled.v1'`],
    ['every-member-has-an-identity', `delete from identity_link`],
    ['announced-links-equal-the-table', `update partner_link set state = 'CREDIT_ONLY', opened_at = null`],
  ])('%s is red on a corrupted copy', async (name, corruption) => {
    const copy = await openTestDatabase(membersDatabase);
    try {
      const on = { ...setting, database: copy };
      const key = aKeyOf(aProgrammeId());
      const { member } = value(await enrolMember(on, key, anEnrolment()));
      value(await enrolMember(on, key, anEnrolment()));
      const self = aMember(key.programmeId, member.id);
      value(await confirmPartnerLink(on, self, { idempotencyKey: freshKey(), partnerId: key.partnerId }));
      expect(await redInvariants(copy)).toEqual([]);
      await copy.asOwner(corruption);
      expect(await redInvariants(copy)).toContain(name);
    } finally {
      await copy.drop();
    }
  });
});

it('has ids that do not tell when a member enrolled', async () => {
  const key = aKeyOf(aProgrammeId(), aPartnerId());
  const ids: string[] = [];
  for (let n = 0; n < 12; n++) ids.push((await enrol(key)).member.id);
  // Twelve random ids come out in order once in 479 million times.
  expect([...ids].sort()).not.toEqual(ids);
});
