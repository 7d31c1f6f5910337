import type { GraphQLField } from 'graphql';
import { purchase, redemption } from '../testkit/coalition';
import type { World } from './actors';
import type { FieldArguments } from './object-walk';
import { sampleArguments } from './sample-arguments';

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);

/** Arguments that well-formed samples would not come far enough with. */
const BETTER: Readonly<Record<string, (world: World) => Record<string, unknown>>> = {
  'Query.accountFreezes': () => ({ first: 3 }),
  'Query.campaignCalendar': () => ({ from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }),
  'Query.campaignReport': ({ ids }) => ({ campaignId: ids.campaign }),
  'Query.campaignVerdicts': ({ ids }) => ({ campaignId: ids.campaign, first: 1 }),
  'Query.closingPackage': ({ ids }) => ({ cycleId: ids.cycle }),
  'Query.coalitionIndicators': ({ ids }) => ({ cycleId: ids.cycle }),
  'Query.contractLiability': () => ({ from: monthOf(Date.now()), through: monthOf(Date.now()) }),
  'Query.cycleLines': ({ ids }) => ({ cycleId: ids.cycle, first: 1 }),
  'Query.experimentReport': ({ ids }) => ({ experimentId: ids.experiment }),
  'Query.explainLine': ({ ids }) => ({ lineId: ids.line }),
  'Query.member': ({ memberId }) => ({ ref: { id: memberId } }),
  'Query.memberFacts': ({ memberId }) => ({ memberId }),
  'Query.partner': ({ coalition }) => ({ id: coalition.bakery.id }),
  'Query.partnerTotals': ({ ids }) => ({ cycleId: ids.cycle }),
  'Query.pointFlows': ({ ids }) => ({ cycleId: ids.cycle }),
  'Query.pointLiability': () => ({ through: monthOf(Date.now()), first: 3 }),
  'Query.previewPurchase': ({ memberId }) => ({ input: purchase('preview', memberId, 10) }),
  'Query.previewRedemption': ({ memberId }) => ({ input: redemption('preview', memberId, 5) }),
  'Query.programme': ({ coalition }) => ({ key: coalition.key }),
  'Query.reward': ({ ids }) => ({ id: ids.reward }),
  'Query.settlementCycle': ({ ids }) => ({ id: ids.cycle }),
  'Query.settlementDocument': ({ ids }) => ({ id: ids.document }),
  'Query.settlementDocuments': ({ ids }) => ({ cycleId: ids.cycle, first: 1 }),
  'Query.settlementStatement': ({ ids, coalition }) => ({ cycleId: ids.cycle, partnerId: coalition.bakery.id }),
  'Query.simulateClose': ({ ids }) => ({ cycleId: ids.cycle, terms: [] }),
  'Query.simulateRule': ({ coalition }) => ({
    input: { partnerId: coalition.bakery.id, from: daysFromNow(-30), to: daysFromNow(1) },
  }),
  'Query.surveyScore': ({ ids }) => ({ surveyId: ids.survey }),
  'Query.tryEarningRule': ({ coalition }) => ({
    input: { partnerId: coalition.bakery.id, purchases: [{ amount: { amountMinor: '1000', currency: 'EUR' } }] },
  }),
  'Subscription.balanceChanged': ({ memberId }) => ({ memberId }),
  'Subscription.partnerExposureChanged': ({ coalition }) => ({ partnerId: coalition.bakery.id }),
  'Subscription.settlementCycleChanged': ({ ids }) => ({ cycleId: ids.cycle }),
  'Subscription.tierChanged': ({ memberId }) => ({ memberId }),
};

/** Arguments of objects' fields, likewise. */
export const givenIn = ({ ids }: World): FieldArguments => ({
  'Account.balanceAt': { at: new Date().toISOString() },
  'ClosingPackage.records': { section: ids.section },
  'Member.tierAt': { at: new Date().toISOString() },
});

/** What a root field is asked with: objects of the world where there are such, else samples of its types. */
export function callArguments(
  coordinate: string,
  { field, world }: { field: GraphQLField<unknown, unknown>; world: World },
): Record<string, unknown> {
  return BETTER[coordinate]?.(world) ?? sampleArguments(field);
}
