import { newId, uuidOf } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { memberScopedId } from './core/points/scoped-id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ACCRUE, ACT, CLAW_BACK, inputsAt, RECORD, RETURN, SET_CLOCK } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

type FiveBooks = [typeof book, typeof book, typeof book, typeof book, typeof book];
const book = aRuleBook();
const counted = { tierPolicy: { period: 'CALENDAR_YEAR', graceDays: 10, noticeDays: 30 } } as const;
/** A programme's clock goes one way: each test that moves one has its own. */
const [yearly, returned, corrected, inGrace, closed] = Array.from({ length: 5 }, () => aRuleBook(counted)) as FiveBooks;
const PREMIUM = { pl: 'Poczekalnia na każdym lotnisku', ar: 'صالة في كل مطار' };
const texts = Object.entries(PREMIUM).map(([language, text]) => ({ language, text }));
const generous = aRuleBook({
  defaultLanguage: 'pl',
  tiers: [
    { code: 'BASE', name: 'Base', threshold: points(0n) },
    { code: 'GOLD', name: 'Gold', threshold: points(100n), multiplierBps: 15_000 },
    { code: 'PREMIUM', name: 'Premium', threshold: points(1_000n), benefits: [{ texts }] },
  ],
});
const referral = { id: newId('rul'), partnerId: generous.brands[0], validFrom: generous.opensAt, action: 'referral' };
const premium = {
  ...generous,
  actionRules: [
    {
      ...referral,
      points: points(10n),
      limit: null,
      distinctBy: null,
      tierPoints: [{ tier: 'PREMIUM', points: points(20n) }],
    },
  ],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, yearly, returned, corrected, inGrace, closed, premium);
const { sale, bringBack, accrue, ofLot } = inputsAt(NOW);
const TIER = 'tier { code since qualifyingPoints next { code missingPoints by } }';

/** A member of a programme, its first brand's till, and where the member stands. */
function aMemberOf({ brands: [shop], programmeId }: typeof book) {
  const member = graph.enrol({ [shop]: 'OPEN' }, programmeId);
  const tierOf = async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Member { ${TIER} } } }`;
    const variables = { r: [{ __typename: 'Member', id: member }] };
    return (await graph.ask(graph.member(member, programmeId), query, variables)).data._entities[0].tier;
  };
  const admin = graph.admin('ada', programmeId);
  const moveTo = (now: string) => graph.run(admin, SET_CLOCK, { now });
  return { member, till: graph.partner(shop, { programmeId }), admin, tierOf, moveTo };
}

describe('a tier', () => {
  it('brings its multiplier, its own rate for an action, and benefits told in the member’s language', async () => {
    const { member, till } = aMemberOf(premium);
    const { act } = inputsAt(NOW);
    const benefitsIn = async (language: string | null) => {
      const query = `query ($r: [_Any!]!, $language: String) { _entities(representations: $r) { ... on Member {
        tier { code benefits(language: $language) } } } }`;
      const variables = { r: [{ __typename: 'Member', id: member }], language };
      return (await graph.ask(graph.member(member, premium.programmeId), query, variables)).data._entities[0].tier;
    };
    expect(await graph.run(till, ACT, act(member, 'referral'))).toMatchObject({ earned: '10' });
    expect(await benefitsIn('pl')).toEqual({ code: 'BASE', benefits: [] });
    await graph.run(till, RECORD, sale(member, 10_000n));
    // Gold: half as much again.
    expect(await graph.run(till, RECORD, sale(member, 10_000n))).toMatchObject({ earned: '150' });
    await graph.run(till, RECORD, sale(member, 60_000n));
    // Premium: a referral is worth twice as much.
    expect(await graph.run(till, ACT, act(member, 'referral'))).toMatchObject({ earned: '20' });
    for (const [language, told] of [
      ['ar', PREMIUM.ar],
      ['fa', PREMIUM.pl],
      [null, PREMIUM.pl],
    ] as const)
      expect(await benefitsIn(language)).toEqual({ code: 'PREMIUM', benefits: [told] });
  });

  it('is reached in the posting that qualifies, and says what is missing to the next', async () => {
    const { member, till, tierOf } = aMemberOf(book);
    await graph.run(till, RECORD, sale(member, 49_900n));
    expect(await tierOf()).toMatchObject({ code: 'BASE', next: { code: 'SILVER', missingPoints: '1', by: null } });
    await graph.run(till, RECORD, sale(member, 100n));
    expect(await tierOf()).toEqual({
      ...{ code: 'SILVER', since: NOW.toISOString(), qualifyingPoints: '500' },
      next: { code: 'GOLD', missingPoints: '500', by: null },
    });
    await graph.run(till, ACCRUE, accrue(member, '500'));
    expect(await tierOf()).toMatchObject({ code: 'GOLD', next: null });
  });

  it('follows the points down as well, where nothing reviews it', async () => {
    const { member, till, tierOf } = aMemberOf(book);
    const { purchase } = await graph.run(till, RECORD, sale(member, 50_000n));
    await graph.run(till, RETURN, bringBack(purchase.externalRef, 50_000n));
    expect(await tierOf()).toMatchObject({ code: 'BASE', qualifyingPoints: '0' });
  });

  it('counted by the year is kept through the next one; then the member is told, and drops', async () => {
    const { member, till, tierOf, moveTo } = aMemberOf(yearly);
    const { programmeId } = yearly;
    await graph.run(till, RECORD, sale(member, 60_000n));
    // The year ends with 31 December in Warsaw; ten days of grace follow.
    const by = '2027-01-10T23:00:00.000Z';
    expect(await tierOf()).toMatchObject({ code: 'SILVER', next: { code: 'GOLD', missingPoints: '400', by } });
    await moveTo('2027-02-01T00:00:00Z');
    const next = { code: 'SILVER', missingPoints: '500', by: '2028-01-10T23:00:00.000Z' };
    expect(await tierOf()).toMatchObject({ code: 'SILVER', qualifyingPoints: '0', next });
    expect(await graph.story(member, programmeId)).toEqual(['EARN 600', 'TIER_REVIEW 0']);
    await moveTo('2027-12-31T00:00:00Z');
    expect((await graph.story(member, programmeId)).slice(2)).toEqual(['NOTICE 0']);
    expect(await tierOf()).toMatchObject({ code: 'SILVER' });
    await moveTo('2028-02-01T00:00:00Z');
    expect(await tierOf()).toMatchObject({ code: 'BASE', since: '2028-01-10T23:00:00.000Z' });
    expect((await graph.story(member, programmeId)).slice(2)).toEqual(['NOTICE 0', 'TIER_REVIEW 0']);
  });
});

describe('points of a qualification period that has ended', () => {
  it('do not lower what the present one counts when their purchase is returned', async () => {
    const { member, till, tierOf, moveTo } = aMemberOf(returned);
    const old = await graph.run(till, RECORD, sale(member, 60_000n));
    await moveTo('2027-02-01T00:00:00Z');
    await graph.run(till, RECORD, sale(member, 30_000n));
    await graph.run(till, RETURN, bringBack(old.purchase.externalRef, 60_000n));
    expect(await tierOf()).toMatchObject({ qualifyingPoints: '300' });
  });

  it('nor when a part of them is taken back by itself', async () => {
    const { member, till, tierOf, moveTo } = aMemberOf(corrected);
    await graph.run(till, RECORD, sale(member, 60_000n));
    await moveTo('2027-02-01T00:00:00Z');
    await graph.run(till, RECORD, sale(member, 30_000n));
    const take = (lot: bigint) =>
      graph.run(
        till,
        CLAW_BACK,
        ofLot(memberScopedId('lot', uuidOf(member), lot), { points: '100', reason: 'a mistake' }),
      );
    await take(1n);
    expect(await tierOf()).toMatchObject({ qualifyingPoints: '300' });
    await take(2n);
    expect(await tierOf()).toMatchObject({ qualifyingPoints: '200' });
  });

  it('are taken from that period and not from the next, when the return comes in its days of grace', async () => {
    const { member, till, tierOf, moveTo } = aMemberOf(inGrace);
    const old = await graph.run(till, RECORD, sale(member, 60_000n));
    await moveTo('2027-01-05T00:00:00Z');
    await graph.run(till, RECORD, sale(member, 30_000n));
    await graph.run(till, RETURN, bringBack(old.purchase.externalRef, 60_000n));
    expect(await tierOf()).toMatchObject({ code: 'SILVER', qualifyingPoints: '300' });
    await moveTo('2027-02-01T00:00:00Z');
    expect(await tierOf()).toMatchObject({ code: 'SILVER', qualifyingPoints: '300' });
  });

  it('do not make points of the present one count in the next, when they come back in its days of grace', async () => {
    const { member, till, tierOf, moveTo } = aMemberOf(closed);
    const old = await graph.run(till, RECORD, sale(member, 60_000n));
    await moveTo('2027-02-01T00:00:00Z');
    await graph.run(till, RECORD, sale(member, 30_000n));
    await moveTo('2028-01-05T00:00:00Z');
    await graph.run(till, RETURN, bringBack(old.purchase.externalRef, 60_000n));
    await graph.run(till, RECORD, sale(member, 10_000n));
    expect(await tierOf()).toMatchObject({ qualifyingPoints: '400' });
    await moveTo('2028-02-01T00:00:00Z');
    expect(await tierOf()).toMatchObject({ qualifyingPoints: '100' });
  });
});

expectTheBookToAddUp(graph);
