import { Fault } from '../../kernel/errors/fault';
import { REFUSAL, type GraphCaller } from '../client/graph';

const STEP = `... on SettlementStepSuccess { proposed contentHash cycle { id state } } ${REFUSAL}`;
const CUT_OFF = `mutation CutOff($input: CutOffSettlementCycleInput!) { result: cutOffSettlementCycle(input: $input) { ${STEP} } }`;
const ADVANCE = `mutation Advance($input: AdvanceSettlementCycleInput!) { result: advanceSettlementCycle(input: $input) { ${STEP} } }`;
const APPROVE = `mutation Approve($input: ApproveSettlementStepInput!) { result: approveSettlementStep(input: $input) { ${STEP} } }`;

interface Cycle {
  readonly id: string;
  readonly state: string;
}
interface Step {
  readonly proposed: boolean;
  readonly contentHash: string;
  readonly cycle: Cycle;
}

/** The states a cycle passes on its way to nets, in order. */
const ROAD = ['OPEN', 'CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED', 'NETTED'] as const;
const LOOKS_MAX = 600;

/**
 * Cuts off a programme's cycle and leads it to its net positions; steps that were taken by an earlier run are answered
 * again and not taken twice.
 *
 * @param name distinguishes this closing from others of the programme
 * @returns the cycle's id
 */
export async function closeCycle(admin: GraphCaller, name: string): Promise<string> {
  const { cycle: opened } = await perform(
    admin,
    await admin.must<Step>(CUT_OFF, { input: { idempotencyKey: `${name} cut-off`, at: null } }),
    name,
  );
  const { id } = opened;
  for (const to of ROAD.slice(2)) {
    const cycle = await readCycle(admin, id);
    if (reached(cycle.state, to)) continue;
    const input = { idempotencyKey: `${name} ${to}`, cycleId: id, to };
    await perform(admin, await admin.must<Step>(ADVANCE, { input }), `${name} ${to}`);
    await untilReached(admin, id, to);
  }
  return id;
}

/** Where one approver is enough a step is done at once; otherwise it waits for an approval of exactly its content. */
async function perform(admin: GraphCaller, step: Step, name: string): Promise<Step> {
  if (!step.proposed) return step;
  const { cycle, contentHash } = step;
  return admin.must<Step>(APPROVE, { input: { idempotencyKey: `${name} approval`, cycleId: cycle.id, contentHash } });
}

/** A step of a large book goes on after its call was answered. */
async function untilReached(admin: GraphCaller, id: string, state: (typeof ROAD)[number]): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    if (reached((await readCycle(admin, id)).state, state)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Fault('HUB_CYCLE_STUCK', `The settlement cycle did not reach ${state} in time.`);
}

async function readCycle(admin: GraphCaller, id: string): Promise<Cycle> {
  const { settlementCycle } = await admin.ask<{ settlementCycle: Cycle }>(
    'query Cycle($id: ID!) { settlementCycle(id: $id) { id state } }',
    { id },
  );
  return settlementCycle;
}

function reached(state: string, wanted: (typeof ROAD)[number]): boolean {
  const place = (ROAD as readonly string[]).indexOf(state);
  // A state beyond the road (INSTRUCTED and later) has passed every one on it.
  return place === -1 || place >= ROAD.indexOf(wanted);
}
