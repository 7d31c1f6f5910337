import { runInvariants } from '../../../kernel/db/invariants';
import { inTransaction } from '../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { newOpaqueId, type ProgrammeId } from '../../../kernel/values/id';
import { membersDatabase } from '../data/database';
import { insertMember } from '../data/member.store';
import { findNoticeProgress, insertAnnouncedTerms, passGate, tellNewcomer, tellSome } from '../data/terms-notice.store';
import { anAdminOf, anEnrolment, aProgrammeId } from '../testkit/builders';
import { enrolMember } from './enrol-member';
import { recordTerms } from './record-terms';

const NOW = new Date('2026-03-01T10:00:00Z');
const TERMS = {
  ...{ version: 2, takesEffectAt: new Date('2026-04-01T00:00:00Z') },
  texts: [{ language: 'en', text: 'Points live 180 days.' }],
};

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase(membersDatabase);
});
afterEach(() => database.drop());

const settingOf = () => ({
  ...{ database, clock: new FixedClock(NOW), identityKey: 'd'.repeat(32), announced: () => undefined },
});
const enrol = (programmeId: ProgrammeId) => enrolMember(settingOf(), anAdminOf(programmeId), anEnrolment());
const announce = (programmeId: ProgrammeId, changes = [TERMS]) =>
  inTransaction(database, (tx) => recordTerms(tx, programmeId, { changes, at: NOW }));
const tell = (limit: number) => inTransaction(database, (tx) => tellSome(tx, { limit, at: NOW }));
const progressOf = async (programmeId: ProgrammeId) => {
  const [{ noticed, remaining, completedAt } = { noticed: 0, remaining: 0, completedAt: null }] =
    await findNoticeProgress(database.dataSource.manager, programmeId);
  return [noticed, remaining, completedAt !== null];
};
const untold = async () => {
  const found = await runInvariants(database, 'subgraphs/members/invariants');
  return found.find(({ name }) => name.includes('every-member-has-its-notice'))?.total;
};

describe('telling members of changed terms', () => {
  it('goes in batches, each kept as it is told, and goes on after a crash where the last one ended', async () => {
    const programmeId = aProgrammeId();
    for (let n = 0; n < 5; n += 1) await enrol(programmeId);
    await announce(programmeId);
    expect(await progressOf(programmeId)).toEqual([0, 5, false]);
    expect(await tell(2)).toBe(true);
    expect(await progressOf(programmeId)).toEqual([2, 3, false]);
    const crash = inTransaction(database, async (tx) => {
      await tellSome(tx, { limit: 2, at: NOW });
      throw new Error('the process died');
    });
    await expect(crash).rejects.toThrow('died');
    expect(await progressOf(programmeId)).toEqual([2, 3, false]);
    while (await tell(2));
    expect(await progressOf(programmeId)).toEqual([5, 0, true]);
    expect(await untold()).toBe(0);
  });

  it('tells a version once, however often it is announced, and each programme of its own', async () => {
    const [one, other] = [aProgrammeId(), aProgrammeId()];
    for (const programmeId of [one, other]) await enrol(programmeId);
    await announce(one);
    while (await tell(10));
    await announce(one);
    await announce(one, [TERMS, { ...TERMS, version: 3, takesEffectAt: new Date('2026-05-01T00:00:00Z') }]);
    await Promise.all([tell(10), tell(10)]);
    while (await tell(10));
    const { rows } = await database.pool.query('/* test.notices */ select programme_id, version from terms_notice');
    expect(rows).toEqual([2, 3].map((version) => ({ programme_id: one, version })));
    expect(await progressOf(other)).toEqual([0, 0, false]);
  });

  it('reaches who enrols while it goes on, and nobody for whom the terms were in force already', async () => {
    const programmeId = aProgrammeId();
    await announce(programmeId);
    await tell(1);
    await enrol(programmeId);
    expect(await progressOf(programmeId)).toEqual([1, 0, true]);
    const late = { ...settingOf(), clock: new FixedClock(TERMS.takesEffectAt) };
    await enrolMember(late, anAdminOf(programmeId), anEnrolment());
    expect(await progressOf(programmeId)).toEqual([1, 0, true]);
    expect(await untold()).toBe(0);
  });

  it('reaches everybody of a crowd that enrols at the moment of the announcement', async () => {
    const programmeId = aProgrammeId();
    const crowd = Array.from({ length: 40 }, () => enrol(programmeId));
    const told = announce(programmeId).then(async () => {
      while (await tell(3));
    });
    await Promise.all([...crowd, told]);
    expect(await progressOf(programmeId)).toEqual([40, 0, true]);
    expect(await untold()).toBe(0);
  });

  /** An enrolment that stands before its commit while terms are announced and everybody there is told. */
  async function caughtBetween(programmeId: ProgrammeId, announceBy: () => Promise<unknown>): Promise<void> {
    const member = { id: newOpaqueId('mem'), programmeId, displayName: null, language: null };
    let announcing: Promise<unknown> = Promise.resolve();
    await inTransaction(database, async (tx) => {
      await passGate(tx, programmeId);
      await insertMember(tx, member, NOW);
      await tellNewcomer(tx, programmeId, { memberId: member.id, at: NOW });
      const waiting = `/* test.waiting */ select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`;
      let isOver = false;
      announcing = announceBy().then(() => {
        isOver = true;
      });
      // Until it waits for this enrolment, or did not.
      while (!isOver && (await database.pool.query<{ n: number }>(waiting)).rows[0]?.n === 0);
    });
    await announcing;
  }
  const thenTell = async () => {
    while (await tell(10));
  };

  it('waits for an enrolment that has looked already and is not seen yet', async () => {
    const programmeId = aProgrammeId();
    await caughtBetween(programmeId, () => announce(programmeId).then(thenTell));
    expect(await progressOf(programmeId)).toEqual([1, 0, true]);
    expect(await untold()).toBe(0);
  });

  it('would be caught leaving somebody out: an announcement that does not wait for enrolments', async () => {
    // Negative control: as without the gate.
    const programmeId = aProgrammeId();
    const hasty = () =>
      inTransaction(database, (tx) => insertAnnouncedTerms(tx, programmeId, { ...TERMS, at: NOW })).then(thenTell);
    await caughtBetween(programmeId, hasty);
    expect(await untold()).toBe(1);
  });
});
