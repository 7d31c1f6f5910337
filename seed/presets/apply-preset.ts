import type { DevelopmentIssuer } from '../../gateway/main';
import { mintToken } from '../../hub/client/credentials';
import { findProgramme } from '../../hub/client/found-programme';
import { REFUSAL, type GraphCaller, type GraphConnection } from '../../hub/client/graph';
import type { ProgrammeId } from '../../kernel/values/id';
import type { Preset } from './preset';

const OPENS_AT = '2026-01-01T00:00:00Z';

const mutation = (name: string, type: string, success: string) => {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation Apply($input: ${input}!) { result: ${name}(input: $input) { ... on ${type} { ${success} } ${REFUSAL} } }`;
};

/**
 * Founds a preset's programme as a sandbox through the public graph. Every step has a key of its own, so applying it again changes
 * nothing and an interrupted applying is completed.
 *
 * @throws Fault HUB_COMMAND_REFUSED, as when another programme has the key
 */
export async function applyPreset(
  connection: GraphConnection,
  issuer: DevelopmentIssuer,
  { preset, key }: { preset: Preset; key: string },
): Promise<{ id: ProgrammeId; admin: GraphCaller; rewards: ReadonlyMap<string, string> }> {
  const host = connection.as(await mintToken(issuer, { role: 'host' }));
  await host.must(mutation('createProgramme', 'CreateProgrammeSuccess', 'programme { id }'), {
    input: {
      ...preset.programme,
      ...{ idempotencyKey: `preset ${preset.name} ${key}`, key, opensAt: OPENS_AT },
      ...{ isSandbox: true, singleApprover: true, disputeWindowDays: 0 },
    },
  });
  const found = await findProgramme(connection, issuer, key);
  if (found === null) throw new TypeError(`applyPreset: ${key} was founded and is not there`);
  const rewards = new Map<string, string>();
  for (const partner of preset.partners) await joinPartner(found.admin, { preset, partner, rewards });
  return { ...found, rewards };
}

async function joinPartner(
  admin: GraphCaller,
  { preset, partner, rewards }: { preset: Preset; partner: Preset['partners'][number]; rewards: Map<string, string> },
): Promise<void> {
  const { code, name, rate, actions, rules } = partner;
  const added = await admin.must<{ partner: { id: string } }>(
    mutation('addPartner', 'AddPartnerSuccess', 'partner { id }'),
    { input: { idempotencyKey: `preset ${code}`, code, name } },
  );
  const partnerId = added.partner.id;
  const set = (operation: string, type: string, what: string, input: object) =>
    admin.must(mutation(operation, type, 'replayed'), {
      input: { idempotencyKey: `preset ${code} ${what}`, partnerId, validFrom: OPENS_AT, ...input },
    });
  const price = { reimbursementMicros: preset.programme.faceValueMicros, settlementModel: 'AT_REDEMPTION' };
  await set('agreeContract', 'AgreeContractSuccess', 'contract', price);
  await set('setEarningRule', 'SetEarningRuleSuccess', 'rate', rate);
  for (const action of actions) await set('setActionRule', 'SetActionRuleSuccess', `action ${action.action}`, action);
  for (const rule of rules) await set('setPurchaseRule', 'PurchaseRuleSuccess', `rule ${rule.code}`, rule);
  for (const { name: called, pricePoints } of partner.rewards) {
    const input = {
      idempotencyKey: `preset ${code} reward ${called}`,
      name: called,
      pricePoints,
      offeredBy: partnerId,
    };
    const { reward } = await admin.must<{ reward: { id: string } }>(
      mutation('createReward', 'CreateRewardSuccess', 'reward { id }'),
      { input },
    );
    rewards.set(called, reward.id);
  }
}
