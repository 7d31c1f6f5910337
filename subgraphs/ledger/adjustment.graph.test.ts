import { newId, uuidOf } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ACCRUE, APPROVE, inputsAt, PROPOSE, RECORD, REDEEM, REJECT, TRANSFER } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

/** Real money: two persons. */
const book = aRuleBook({ isSandbox: false, singleApprover: false });
const [baker, florist] = book.brands;
const sandbox = aRuleBook();
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, sandbox);
const { sale, spend, accrue, propose, decide, transfer } = inputsAt(NOW);
const [ada, bob, fay] = [graph.admin('ada'), graph.admin('bob'), graph.finance('fay')];
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const proposed = async (memberId: string, kind = 'GOODWILL', change = {}): Promise<Answer> =>
  (await graph.run(ada, PROPOSE, propose(memberId, kind, change))).adjustment;
const LIST = `query ($first: Int!, $after: String, $state: AdjustmentState) {
  adjustments(first: $first, after: $after, state: $state) { nodes { id state } pageInfo { hasNextPage endCursor } } }`;

describe('a correction', () => {
  it('is proposed by one person, approved by another, and posted once', async () => {
    const member = enrol();
    const adjustment = await proposed(member, 'CREDIT', { sponsorId: baker });
    expect(adjustment).toMatchObject({
      ...{ kind: 'CREDIT', state: 'PROPOSED', points: '50', costCentre: 'CC-7', reason: 'late delivery' },
      ...{ version: null, proposedBy: 'ada', decidedBy: null, member: { id: member }, sponsor: { id: baker } },
    });
    expect(await graph.story(member)).toEqual([]);
    expect(await graph.run(fay, APPROVE, decide(adjustment))).toMatchObject({
      __typename: 'AdjustmentSuccess',
      adjustment: { id: adjustment.id, state: 'APPROVED', version: '1', decidedBy: 'fay', refusedCode: null },
      replayed: false,
    });
    const line = 'available statement(first: 1) { nodes { version kind points reason } }';
    expect(await graph.lookAt(member, line)).toEqual({
      available: '50',
      statement: { nodes: [{ version: '1', kind: 'ADJUSTMENT', points: '50', reason: 'late delivery' }] },
    });
    const spent = await graph.run(floristKey, REDEEM, spend(member, '50'));
    expect(spent.redemption.draws).toMatchObject([{ points: '50', claim: { amountMinor: '50' } }]);
  });

  it('is not approved by whoever proposed it, unless it is a sandbox of one approver', async () => {
    const adjustment = await proposed(enrol());
    const alone = await graph.run(ada, APPROVE, decide(adjustment));
    expect(alone).toMatchObject({ code: 'LEDGER_SELF_APPROVAL', retryable: false });
    expect(await graph.run(bob, APPROVE, decide(adjustment))).toMatchObject({ adjustment: { state: 'APPROVED' } });
    const cat = graph.admin('cat', sandbox.programmeId);
    const member = graph.enrol({ [sandbox.brands[0]]: 'OPEN' }, sandbox.programmeId);
    const own = await graph.run(cat, PROPOSE, propose(member, 'GOODWILL'));
    expect(await graph.run(cat, APPROVE, decide(own.adjustment))).toMatchObject({ adjustment: { state: 'APPROVED' } });
  });

  it('is approved for what was looked at, and for nothing else', async () => {
    const member = enrol();
    const [adjustment, other] = [await proposed(member), await proposed(member, 'GOODWILL', { points: '51' })];
    expect(adjustment.contentHash).not.toBe(other.contentHash);
    const swapped = decide({ id: adjustment.id, contentHash: other.contentHash });
    for (const mutation of [APPROVE, REJECT])
      expect(await graph.run(fay, mutation, swapped)).toMatchObject({ code: 'LEDGER_ADJUSTMENT_CONTENT_CHANGED' });
    expect(await graph.story(member)).toEqual([]);
  });

  it('is decided once: the other way is refused, and so is another person’s decision', async () => {
    const [turnedDown, approved] = [await proposed(enrol()), await proposed(enrol())];
    expect(await graph.run(ada, REJECT, decide(turnedDown))).toMatchObject({ adjustment: { state: 'REJECTED' } });
    await graph.run(bob, APPROVE, decide(approved));
    for (const [who, mutation, one] of [
      [fay, APPROVE, turnedDown],
      [fay, REJECT, turnedDown],
      [fay, APPROVE, approved],
      [bob, APPROVE, approved],
      [bob, REJECT, approved],
    ] as const)
      expect(await graph.run(who, mutation, decide(one))).toMatchObject({ code: 'LEDGER_ADJUSTMENT_DECIDED' });
  });

  it('has a key of its own: the key of another’s decision decides nothing about it', async () => {
    const [first, second] = [await proposed(enrol()), await proposed(enrol())];
    for (const mutation of [REJECT, APPROVE]) {
      const decision = decide(mutation === REJECT ? first : second);
      expect(await graph.run(fay, mutation, decision)).toMatchObject({ replayed: false });
      const other = { ...decision, adjustmentId: (await proposed(enrol())).id };
      expect(await graph.run(fay, mutation, other)).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    }
  });

  it('left by an interruption after its approval is posted when its approver asks again, by whatever key', async () => {
    const member = enrol();
    const adjustment = await proposed(member);
    await graph.database.asOwner(
      `update adjustment set state = 'APPROVED', decided_by = 'fay', decided_at = now() where id = '${uuidOf(adjustment.id)}'`,
    );
    const another = await graph.run(bob, APPROVE, decide(adjustment));
    expect(another).toMatchObject({ code: 'LEDGER_ADJUSTMENT_DECIDED' });
    expect(await graph.run(fay, APPROVE, decide(adjustment))).toMatchObject({ adjustment: { version: '1' } });
    expect(await graph.story(member)).toEqual(['GOODWILL 50']);
  });

  it('approved by two at the same moment is posted once', async () => {
    const member = enrol();
    const adjustment = await proposed(member);
    const answers = await Promise.all([fay, bob, fay].map((who) => graph.run(who, APPROVE, decide(adjustment))));
    expect(answers.filter(({ code }) => code === undefined).length).toBeGreaterThan(0);
    expect(await graph.story(member)).toEqual(['GOODWILL 50']);
  });

  it('takes points of one lot away, and what is spent is owed', async () => {
    const member = enrol();
    const { lot } = await graph.run(bakerKey, ACCRUE, accrue(member, '30'));
    await graph.run(floristKey, REDEEM, spend(member, '10'));
    const adjustment = await proposed(member, 'DEBIT', { lotId: lot.id, points: '25' });
    expect(await graph.run(fay, APPROVE, decide(adjustment))).toMatchObject({ adjustment: { version: '3' } });
    expect(await graph.lookAt(member, 'available arrears')).toEqual({ available: '0', arrears: '5' });
    expect((await graph.story(member)).at(-1)).toBe('ADJUSTMENT -20');
  });

  it('takes no points away that another member gave', async () => {
    const [giver, member] = [enrol(), enrol()];
    await graph.run(bakerKey, ACCRUE, accrue(giver, '30'));
    await graph.run(graph.member(giver), TRANSFER, transfer(member, '30'));
    const { nodes } = (await graph.lookAt(member, 'lots(first: 1) { nodes { id } }')).lots;
    const adjustment = await proposed(member, 'DEBIT', { lotId: nodes[0].id, points: '30' });
    expect(await graph.run(fay, APPROVE, decide(adjustment))).toMatchObject({
      adjustment: { state: 'REFUSED', refusedCode: 'LEDGER_CLAWBACK_OF_GIVEN_POINTS' },
    });
  });

  it('that the ledger will not post says why, and stays so', async () => {
    const member = enrol();
    const { lot } = await graph.run(bakerKey, ACCRUE, accrue(member, '30'));
    const adjustment = await proposed(member, 'DEBIT', { lotId: lot.id, points: '31' });
    const refused = { id: adjustment.id, state: 'REFUSED', version: null, refusedCode: 'LEDGER_CLAWBACK_EXCEEDS_LOT' };
    const approval = decide(adjustment);
    expect(await graph.run(fay, APPROVE, approval)).toMatchObject({ adjustment: refused, replayed: false });
    expect(await graph.run(fay, APPROVE, approval)).toMatchObject({ adjustment: refused, replayed: true });
    expect(await graph.lookAt(member, 'version')).toEqual({ version: '1' });
  });

  it.each([
    ['INVALID_INPUT', 'input.lotId', 'DEBIT', {}],
    ['INVALID_INPUT', 'input.lotId', 'CREDIT', { lotId: 'lot_x' }],
    ['INVALID_INPUT', 'input.sponsorId', 'DEBIT', { lotId: 'lot_x', sponsorId: baker }],
    ['INVALID_INPUT', 'input.expiresAt', 'DEBIT', { lotId: 'lot_x', expiresAt: '2027-01-01T00:00:00Z' }],
    ['INVALID_INPUT', 'input.points', 'GOODWILL', { points: '0' }],
    ['INVALID_INPUT', 'input.costCentre', 'GOODWILL', { costCentre: '' }],
    ['INVALID_INPUT', 'input.reason', 'GOODWILL', { reason: ' ' }],
    ['NOT_FOUND', undefined, 'CREDIT', { sponsorId: newId('ptr') }],
    ['NOT_FOUND', undefined, 'GOODWILL', { member: { id: newId('mem') } }],
    ['NOT_FOUND', undefined, 'DEBIT', { lotId: 'lot_x' }],
    ['NOT_FOUND', undefined, 'DEBIT', { lotId: `lot_${'0'.repeat(43)}1` }],
  ])('is not proposed: %s %s for %s with %j', async (code, field, kind, change) => {
    const answer = await graph.run(ada, PROPOSE, propose(enrol(), kind, change));
    expect([answer.code, answer.field]).toEqual([code, field]);
  });

  it('nobody knows, or of another programme, is not decided', async () => {
    const foreign = graph.finance('fay', sandbox.programmeId);
    const adjustment = await proposed(enrol());
    for (const mutation of [APPROVE, REJECT]) {
      expect(await graph.run(foreign, mutation, decide(adjustment))).toMatchObject({ code: 'NOT_FOUND' });
      for (const id of ['adj_x', newId('adj')])
        expect(await graph.run(fay, mutation, decide({ ...adjustment, id }))).toMatchObject({ code: 'NOT_FOUND' });
      const bare = await graph.run(fay, mutation, decide(adjustment, { contentHash: '' }));
      expect(bare).toMatchObject({ code: 'INVALID_INPUT', field: 'input.contentHash' });
    }
  });
});

describe('the list of corrections', () => {
  it('is newest first, by state, page after page, for those who run the programme', async () => {
    const made = [];
    for (let n = 0; n < 3; n += 1) made.unshift((await proposed(enrol())).id);
    const listed = async (who: Parameters<LedgerGraph['ask']>[0], variables: object) =>
      (await graph.ask(who, LIST, { first: 2, ...variables })).data.adjustments;
    const first = await listed(ada, { state: 'PROPOSED' });
    const second = await listed(fay, { state: 'PROPOSED', after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].slice(0, 3).map(({ id }) => id)).toEqual(made);
    const everything = (await listed(ada, { first: 100 })).nodes as { state: string }[];
    expect(new Set(everything.map(({ state }) => state))).toEqual(
      new Set(['PROPOSED', 'APPROVED', 'REJECTED', 'REFUSED']),
    );
    const member = enrol();
    await graph.run(bakerKey, RECORD, sale(member, 100n));
    for (const who of [graph.member(member), bakerKey, graph.finance('fay', sandbox.programmeId)]) {
      const { nodes } = await listed(who, { first: 100 });
      for (const { id } of nodes) expect(made).not.toContain(id);
    }
    const wrong = await graph.ask(ada, LIST, { first: 2, after: first.pageInfo.endCursor });
    expect(wrong.codes).toEqual(['INVALID_INPUT']);
  });
});

expectTheBookToAddUp(graph);
