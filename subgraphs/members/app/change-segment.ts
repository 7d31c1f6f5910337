import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId, type MemberId } from '../../../kernel/values/id';
import { refuse } from '../core/refusals';
import {
  newSegmentFault,
  rowResults,
  segmentRowsFault,
  type NewSegment,
  type RowResult,
  type Segment,
  type SegmentRows,
} from '../core/segment';
import { advanceFacts } from '../data/member-facts.store';
import { findMembers } from '../data/member.store';
import { addToSegment, findSegment, insertSegment, removeFromSegment } from '../data/segment.store';
import { announceFacts } from './announce-facts';
import { adminOf, type AdminPrincipal } from './authorise';
import type { MembersSetting } from './setting';

/**
 * Makes an empty list.
 *
 * Refuses FORBIDDEN unless an admin asks, MEMBERS_SEGMENT_CODE_TAKEN.
 */
export async function createSegment(
  setting: MembersSetting,
  principal: Principal,
  input: NewSegment,
): Promise<Replayable<{ segment: Segment }> | Refusal> {
  const fault = newSegmentFault(input);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'createSegment', key, body };
  return inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ segment: Segment }>> => {
      const { programmeId } = admin;
      const segment: Segment = { id: newId('seg'), programmeId, ...body, createdAt: setting.clock.now() };
      if (await insertSegment(tx, segment)) return { segment };
      return refuse('MEMBERS_SEGMENT_CODE_TAKEN', `The code ${input.code} is taken.`);
    }),
  );
}

/**
 * Puts members on a list, or takes them off it; each row has its own outcome, and those whose place changed are announced.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND when the programme has no such segment.
 */
export async function changeSegment(
  setting: MembersSetting,
  principal: Principal,
  { operation, input }: { operation: 'addToSegment' | 'removeFromSegment'; input: SegmentRows },
): Promise<Replayable<{ rows: RowResult[] }> | Refusal> {
  const fault = segmentRowsFault(input);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation, key, body };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () =>
      change(tx, { admin, input, isAdding: operation === 'addToSegment', at: setting.clock.now() }),
    ),
  );
  setting.announced();
  return outcome;
}

async function change(
  tx: Tx,
  { admin, input, isAdding, at }: { admin: AdminPrincipal; input: SegmentRows; isAdding: boolean; at: Date },
): Promise<Outcome<{ rows: RowResult[] }>> {
  const { programmeId } = admin;
  const segmentId = await findSegment(tx, programmeId, input.segment);
  if (segmentId === null) return notFound('segment');
  const ids = [...new Set(input.memberIds)].map((id) => parseId('mem', id)).filter((id) => id !== null);
  const found = await findMembers(tx, programmeId, { ids, partnerId: null });
  const known = new Set<MemberId>(found.map(({ member }) => member.id));
  const memberIds = [...known].sort();
  const changed = await (isAdding ? addToSegment : removeFromSegment)(tx, { programmeId, segmentId, memberIds, at });
  if (changed.length > 0) {
    await advanceFacts(tx, programmeId, changed);
    await announceFacts(tx, programmeId, { memberIds: changed, at });
  }
  return { rows: rowResults(input.memberIds, { known, changed: new Set(changed) }) };
}
