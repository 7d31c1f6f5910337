import { mintToken, partnerKeys } from '../../hub/client/credentials';
import { REFUSAL, type GraphCaller, type GraphConnection } from '../../hub/client/graph';
import { newId, type MemberId } from '../../kernel/values/id';
import { applyPreset } from '../../seed/presets/apply-preset';
import type { StoryStep } from '../../seed/presets/preset';
import { presetNames, readPreset } from '../../seed/presets/read-presets';
import { openAsOne, type TestHub } from './testkit/hubs';

const ENROL = `mutation ($input: EnrolMemberInput!) { result: enrolMember(input: $input) {
  ... on EnrolMemberSuccess { member { id } } ${REFUSAL} } }`;
const BUY = `mutation ($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  ... on RecordPurchaseSuccess { earned } ${REFUSAL} } }`;
const ACT = `mutation ($input: RecordActionInput!) { result: recordAction(input: $input) {
  ... on RecordActionSuccess { earned } ${REFUSAL} } }`;
const TAKE = `mutation ($input: RedeemRewardInput!) { result: redeemReward(input: $input) {
  ... on RedeemRewardSuccess { account { available } } ${REFUSAL} } }`;
const GIVE = `mutation ($input: DonatePointsInput!) { result: donatePoints(input: $input) {
  ... on DonatePointsSuccess { account { available } } ${REFUSAL} } }`;

interface Outcome {
  readonly earned?: string;
  readonly account?: { readonly available: string };
  readonly code?: string;
}

describe('the presets', () => {
  let hub: TestHub;
  let connection: GraphConnection;
  beforeAll(async () => {
    hub = await openAsOne();
    connection = hub.connection();
  });
  afterAll(() => hub.close());

  it('are twelve', () => expect(presetNames()).toHaveLength(12));

  it('found nothing under the key of another programme', async () => {
    await applyPreset(connection, hub.issuer, { preset: readPreset('beauty'), key: 'taken' });
    const other = applyPreset(connection, hub.issuer, { preset: readPreset('coffee'), key: 'taken' });
    await expect(other).rejects.toThrow('PARTNERS_PROGRAMME_KEY_TAKEN');
  });

  it.each(presetNames())('%s runs its own story, and applied again changes nothing', async (name) => {
    const preset = readPreset(name);
    const applied = await applyPreset(connection, hub.issuer, { preset, key: name });
    const { id: programmeId, admin, rewards } = applied;
    const version = async () =>
      (await admin.ask<{ currentProgramme: { ruleBookVersion: string } }>('{ currentProgramme { ruleBookVersion } }'))
        .currentProgramme.ruleBookVersion;
    const before = await version();
    const again = await applyPreset(connection, hub.issuer, { preset, key: name });
    expect([again.id, [...again.rewards], await version()]).toEqual([programmeId, [...rewards], before]);
    const keys = await partnerKeys({ connection, admin, dataDir: hub.dataDir, programmeKey: name });
    const brands = new Map([...keys].map(([code, key]) => [code, connection.as(key)]));
    const { partners } = await admin.ask<{ partners: { nodes: { id: string; code: string }[] } }>(
      '{ partners(first: 100) { nodes { id code } } }',
    );
    const idOf = (code: string) => partners.nodes.find((partner) => partner.code === code)!.id;

    const tell = async (member: { id: MemberId; caller: GraphCaller }, step: StoryStep): Promise<string> => {
      const idempotencyKey = newId('req');
      const common = {
        idempotencyKey,
        externalRef: idempotencyKey,
        occurredAt: new Date(Date.now() - 1_000).toISOString(),
      };
      const money = (amountMinor: string) => ({ amountMinor, currency: preset.programme.currency });
      let outcome: Outcome;
      if (step.do === 'purchase') {
        const { at, amountMinor, channel, attributes } = step;
        const lines = step.lines?.map(({ amountMinor: minor, ...line }) => ({ ...line, amount: money(minor) }));
        const input = { ...common, member: { id: member.id }, amount: money(amountMinor), channel, attributes, lines };
        outcome = await brands.get(at)!.command<Outcome>(BUY, { input });
      } else if (step.do === 'action') {
        const { at, action, attributes } = step;
        const input = { ...common, member: { id: member.id }, action, attributes };
        outcome = await brands.get(at)!.command<Outcome>(ACT, { input });
      } else if (step.do === 'reward') {
        outcome = await member.caller.command<Outcome>(TAKE, {
          input: { idempotencyKey, rewardId: rewards.get(step.reward) },
        });
      } else {
        const input = { idempotencyKey, partnerId: idOf(step.at), points: step.points };
        outcome = await member.caller.command<Outcome>(GIVE, { input });
      }
      return outcome.code ?? outcome.earned ?? outcome.account?.available ?? 'nothing';
    };
    const story = async (): Promise<string[]> => {
      const input = { identity: { kind: 'CARD', value: newId('mem') }, acceptsTerms: true };
      let id: MemberId | null = null;
      for (const brand of brands.values()) {
        const enrolled = await brand.must<{ member: { id: MemberId } }>(ENROL, {
          input: { idempotencyKey: newId('req'), ...input },
        });
        id = enrolled.member.id;
      }
      const grant = { role: 'member', programme: programmeId, member: id!, subject: id! } as const;
      const member = { id: id!, caller: connection.as(await mintToken(hub.issuer, grant)) };
      const told: string[] = [];
      for (const step of preset.story) told.push(await tell(member, step));
      return told;
    };
    const wanted = preset.story.map((step) => ('earns' in step ? step.earns : step.leaves));
    // The ledger hears of the rules by an event: a member who comes before it has is another member's story.
    let told = await story();
    for (const until = Date.now() + 30_000; `${told}` !== `${wanted}` && Date.now() < until;) told = await story();
    expect(told).toEqual(wanted);
  });
});
