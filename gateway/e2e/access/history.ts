import { closeCycle } from '../../../hub/replay/close-cycle';
import { REFUSAL, type GraphCaller } from '../../../hub/client/graph';
import type { HubConfig } from '../../../hub/composition/config';
import { clusterDir } from '../../../hub/composition/databases';
import { asAdministrator } from '../../../kernel/db/provision';
import { KillablePostgres } from '../../../kernel/testkit/killable-postgres';
import { uuidOf, type MemberId } from '../../../kernel/values/id';
import { until } from '../../testkit/until';
import { purchase, redemption, type Coalition } from '../testkit/coalition';
import { carryOut } from './commands';

const DAY_MS = 86_400_000;
const CLOCK = `mutation ($input: SetTestClockInput!) { result: setTestClock(input: $input) { ${REFUSAL} } }`;
const since = '2026-01-01T00:00:00Z';

/** Who takes part in what happens. */
export interface People {
  readonly coalition: Coalition;
  readonly anna: { readonly id: MemberId; readonly caller: GraphCaller };
  readonly borys: { readonly id: MemberId };
  /** Others who buy: a partner is told figures of five members and more. */
  readonly others: readonly { readonly id: MemberId }[];
  readonly finance: GraphCaller;
}

export type Rules = Readonly<Record<'campaign' | 'experiment' | 'survey', string>>;
export type Objects = Readonly<Record<'reward' | 'hold' | 'voucher' | 'invitation', string>>;
export type Month = Readonly<Record<'cycle' | 'line' | 'document' | 'section', string>>;

/** What a coalition agrees before anybody buys anything: rules, terms, proposals that wait, and facts of members. */
export async function agreeRules({ coalition, anna, finance }: People): Promise<Rules> {
  const { admin, bakery } = coalition;
  const partnerId = bakery.id;
  const { survey } = await carryOut<{ survey: { id: string } }>(admin, 'openSurvey', {
    success: 'OpenSurveySuccess { survey { id } }',
    input: { question: 'Would you come again?', followUp: 'Why?', invitationDays: 365 },
  });
  const branch = { partnerId, code: 'OLD-TOWN', name: 'Old town', channels: ['TILL'] };
  await carryOut(admin, 'addBranch', { input: branch });
  await carryOut(admin, 'createSegment', { input: { code: 'vip', name: 'VIP' } });
  await carryOut(anna.caller, 'setProfilingConsent', { input: { consents: true } });
  await carryOut(admin, 'addToSegment', { input: { segment: 'vip', memberIds: [anna.id] } });
  await carryOut(bakery.caller, 'setMemberAttribute', { input: { memberId: anna.id, name: 'visits', number: 3 } });
  const campaign = {
    ...{ partnerId, code: 'spring', name: 'Spring', phase: 'FULL', purpose: 'EARNING', validFrom: since },
    ...{ effect: { kind: 'BONUS', points: '5' } },
  };
  const { rule } = await carryOut<{ rule: { campaignId: string } }>(admin, 'createCampaign', {
    success: 'PurchaseRuleSuccess { rule { campaignId } }',
    input: campaign,
  });
  const { experiment } = await carryOut<{ experiment: { id: string } }>(admin, 'createExperiment', {
    success: 'ExperimentSuccess { experiment { id } }',
    input: {
      ...{ code: 'spring', name: 'Spring', kind: 'CAMPAIGN', subject: rule.campaignId, from: since },
      // Whoever is held is shown rules that passed it by, which nobody else has here: of a million, one.
      arms: [
        { code: 'held', weight: 1, isControl: true },
        { code: 'treated', weight: 1_000_000, isControl: false },
      ],
    },
  });
  const action = { partnerId, action: 'review', points: '5', validFrom: since };
  await carryOut(admin, 'setActionRule', { input: { ...action, limit: { period: 'DAY', count: 5 } } });
  await carryOut(admin, 'setIntake', {
    input: { partnerId, mappings: [{ type: 'TRACK', event: 'x', target: 'NONE' }] },
  });
  const details = {
    ...{
      legalName: 'Brand',
      country: 'PL',
      iban: 'PL61109010140000071219812874',
      bic: 'WBKPPLPPXXX',
      validFrom: since,
    },
    ...{ creditorSchemeId: 'PL51ZZZ0000000001', mandateId: 'M-1', mandateSignedOn: '2026-01-01' },
  };
  await carryOut(admin, 'setSettlementDetails', { input: { ...details, idempotencyKey: 'operator' } });
  await carryOut(admin, 'setSettlementDetails', { input: { ...details, partnerId } });
  await proposeChanges({ coalition, finance });
  return { campaign: rule.campaignId, experiment: experiment.id, survey: survey.id };
}

async function proposeChanges({ coalition: { admin, bakery }, finance }: Pick<People, 'coalition' | 'finance'>) {
  const partnerId = bakery.id;
  const later = new Date(Date.now() + 400 * DAY_MS).toISOString();
  await carryOut(admin, 'proposeContract', { input: { partnerId, reimbursementMicros: '9000', validFrom: later } });
  const rate = { partnerId, points: '2', perAmountMinor: '100', validFrom: later };
  await carryOut(admin, 'proposeRule', { input: { setEarningRule: { ...rate, idempotencyKey: 'rate' } } });
  await carryOut(admin, 'proposeRedemptionRate', { input: { vintage: '2026-03', rateBps: 8_000, reason: 'asked' } });
  const { change } = await carryOut<{ change: { contentHash: string } }>(admin, 'proposeProgrammeTerms', {
    success: 'ProposeProgrammeTermsSuccess { change { contentHash } }',
    input: {
      ...{ takesEffectAt: later, noticeDays: 30, texts: [{ language: 'en', text: 'Points live a year.' }] },
      terms: {
        ...{ faceValueMicros: '10000', pointsValidityDays: 365 },
        tiers: [
          { code: 'BASE', name: 'Base', thresholdPoints: '0' },
          { code: 'SILVER', name: 'Silver', thresholdPoints: '100' },
          { code: 'GOLD', name: 'Gold', thresholdPoints: '1000' },
        ],
        expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [30] },
      },
    },
  });
  await carryOut(finance, 'approveProgrammeTerms', { input: { contentHash: change.contentHash } });
}

/** What a member does at the brands, and what comes of it. */
export async function buyAndSpend({ coalition, anna, borys, others }: People): Promise<Objects> {
  const { admin, bakery, books } = coalition;
  for (const partnerId of [bakery.id, books.id]) {
    await carryOut(anna.caller, 'confirmPartnerLink', { input: { idempotencyKey: `open ${partnerId}`, partnerId } });
  }
  await carryOut(bakery.caller, 'recordPurchase', { input: purchase('receipt', anna.id, 500) });
  for (const { id } of [borys, ...others]) {
    await carryOut(bakery.caller, 'recordPurchase', { input: purchase(`of ${id}`, id, 20) });
  }
  const { hold } = await carryOut<{ hold: { id: string } }>(bakery.caller, 'holdPoints', {
    success: 'HoldPointsSuccess { hold { id } }',
    input: { member: { id: anna.id }, points: '5', expiresAt: '2126-01-01T00:00:00Z' },
  });
  const { reward } = await carryOut<{ reward: { id: string } }>(bakery.caller, 'createReward', {
    success: 'CreateRewardSuccess { reward { id } }',
    input: { name: 'Bread', pricePoints: '10' },
  });
  const { vouchers } = await carryOut<{ vouchers: { id: string }[] }>(anna.caller, 'redeemReward', {
    success: 'RedeemRewardSuccess { vouchers { id } }',
    input: { rewardId: reward.id },
  });
  await carryOut(books.caller, 'redeemPoints', { input: redemption('spent', anna.id, 50) });
  const missing = { partnerId: bakery.id, externalRef: 'lost', amount: { amountMinor: '900', currency: 'EUR' } };
  const occurredAt = new Date(Date.now() - DAY_MS).toISOString();
  await carryOut(anna.caller, 'claimMissingPoints', { input: { ...missing, occurredAt } });
  const apology = { member: { id: anna.id }, kind: 'GOODWILL', points: '3', costCentre: 'care', reason: 'sorry' };
  await carryOut(admin, 'proposeAdjustment', { input: apology });
  return { reward: reward.id, hold: hold.id, voucher: vouchers[0]!.id, invitation: await invitationOf(anna.caller) };
}

/** The survey hears of the purchase by an event. */
async function invitationOf(member: GraphCaller): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    const asked = '{ myInvitations(first: 1) { nodes { id } } }';
    const { myInvitations } = await member.ask<{ myInvitations: { nodes: { id: string }[] } }>(asked);
    id = myInvitations.nodes[0]?.id;
    return id !== undefined;
  });
  return id as string;
}

/** A month is closed, and a brand does not pay what it owes. */
export async function closeMonth({ coalition: { admin, bakery } }: People): Promise<Month> {
  const partnerId = bakery.id;
  const cycle = await closeCycle(admin, 'month');
  for (const [fund, amountMinor] of [
    ['DEPOSIT', '20'],
    ['DEFAULT_FUND', '10'],
  ]) {
    const payment = { idempotencyKey: fund, fund, partnerId, direction: 'PAID_IN', amountMinor, bankRef: fund };
    await carryOut(admin, 'recordGuaranteePayment', { input: { ...payment, reason: 'agreed' } });
  }
  await carryOut(admin, 'advanceSettlementCycle', { input: { cycleId: cycle, to: 'INSTRUCTED' } });
  const muchLater = new Date(Date.now() + 40 * DAY_MS).toISOString();
  await admin.must(CLOCK, { input: { now: muchLater } });
  await carryOut(admin, 'declareDefault', { input: { cycleId: cycle, partnerId, reason: 'nothing came' } });
  const { cycleLines, closingPackage, settlementDocuments } = await admin.ask<{
    cycleLines: { nodes: { line: { id: string } }[] };
    closingPackage: { sections: string[] };
    settlementDocuments: { nodes: { id: string; waitsFor: object[] }[] };
  }>(
    `query ($id: ID!) { cycleLines(cycleId: $id, first: 1) { nodes { line { id } } } closingPackage(cycleId: $id) { sections }
      settlementDocuments(cycleId: $id, first: 50) { nodes { id waitsFor { isHub } } } }`,
    { id: cycle },
  );
  const ofBakery = (name: string) => name.includes(partnerId);
  const document = settlementDocuments.nodes.find(({ id, waitsFor }) => waitsFor.length === 0 && ofBakery(id))!.id;
  const section = closingPackage.sections.find(ofBakery)!;
  return { cycle, line: cycleLines.nodes[0]!.line.id, document, section };
}

/** The brand leaves, and what its points may still cost is secured. The ledger hears within a moment that it leaves. */
export async function leave({ admin, bakery: { id: partnerId } }: Coalition): Promise<void> {
  await carryOut(admin, 'partnerLeaves', { input: { partnerId, reason: 'sold' } });
  const asked = `mutation ($input: BeginRunOffInput!) { beginRunOff(input: $input) { __typename } }`;
  let tries = 0;
  await until(async () => {
    const input = { idempotencyKey: `run off ${(tries += 1)}`, partnerId, agreedBreakageBps: 0, reason: 'sold' };
    const { beginRunOff: begun } = await admin.ask<{ beginRunOff: { __typename: string } }>(asked, { input });
    return begun.__typename === 'RunOffSuccess';
  });
}

const STOP = `with stopped as (
    update wallet set frozen_at = clock_timestamp() where wallet = $1 returning programme_id, bucket, wallet
  )
  insert into account_freeze (id, programme_id, bucket, wallet, found, seq)
  select gen_random_uuid(), programme_id, bucket, wallet, 'chain', 1 from stopped`;

/** An account is stopped, released and stopped again, as the verifier does when it finds that somebody has been at the book. */
export async function stopAccount({ coalition: { admin }, borys }: People, config: HubConfig): Promise<void> {
  const { superuserUrl } = await KillablePostgres.of(clusterDir(config));
  const url = new URL(superuserUrl);
  url.pathname = '/hub_ledger';
  const stop = () => asAdministrator(url.href, (client) => client.query(STOP, [uuidOf(borys.id)]));
  await stop();
  await carryOut(admin, 'unfreezeAccount', { input: { memberId: borys.id, reason: 'checked' } });
  await stop();
}
