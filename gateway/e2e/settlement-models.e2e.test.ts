import { mintToken } from '../../hub/client/credentials';
import { closeCycle } from '../../hub/replay/close-cycle';
import { foundCoalition, purchase, redemption, type Brand, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';

const REFUSAL = '__typename ... on Refusal { code }';
const ACCOUNT = 'account { available pending }';
const mutation = (name: string, answers: string, input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`) =>
  `mutation Ask($input: ${input}!) { answer: ${name}(input: $input) { ${REFUSAL} ${answers} } }`;
const PROPOSE = mutation('proposeContract', '... on ProposeContractSuccess { proposal { contentHash } }');
const TERMS = 'version settlementModel issuanceMicros prefundBps releaseOnFunding';
const APPROVE = mutation('approveContract', `... on ApproveContractSuccess { contract { ${TERMS} } }`);
const PREVIEW = `query Try($input: RecordPurchaseInput!) { answer: previewPurchase(input: $input) {
  ${REFUSAL} ... on RecordPurchaseSuccess { ${ACCOUNT} } } }`;
const RECORD = mutation('recordPurchase', `... on RecordPurchaseSuccess { lots { id } ${ACCOUNT} }`);
const RELEASE = mutation('releasePending', `... on PendingSuccess { ${ACCOUNT} }`, 'PendingInput');
const REDEEM = mutation('redeemPoints', `... on RedeemPointsSuccess { ${ACCOUNT} }`);
const NETS = `query Nets($id: ID!) { settlementCycle(id: $id) {
  netPositions { party { isHub partner { id } } net { amountMinor } } } }`;

describe('contracts that are paid at issuance, or partly then, agreed through the graph', () => {
  let hub: TestHub;
  let coalition: Coalition;
  let finance: string;
  beforeAll(async () => {
    hub = await openAsOne();
    coalition = await foundCoalition(hub);
    finance = await mintToken(hub.issuer, { role: 'finance', programme: coalition.programmeId, subject: 'fay' });
  });
  afterAll(() => hub?.close(), 60_000);

  const ask = async (credential: string, document: string, input: object) => {
    const { body } = await hub.client(credential).query(document, { input });
    if (body.data?.answer === undefined) throw new Error(JSON.stringify(body));
    return body.data.answer;
  };

  /** Two persons agree a second version of a partner's contract. */
  async function agree(partnerId: string, terms: object) {
    const common = {
      partnerId,
      validFrom: '2026-02-01T00:00:00Z',
      reimbursementMicros: '10000',
      releaseOnFunding: true,
    };
    const wish = { idempotencyKey: `propose ${partnerId}`, ...common, ...terms };
    const { proposal } = await ask(coalition.adminToken, PROPOSE, wish);
    const { contentHash } = proposal;
    return ask(finance, APPROVE, { idempotencyKey: `approve ${partnerId}`, partnerId, contentHash });
  }

  /** A sale whose points wait for the seller's payment, which the operator sees come; then half of them spent at the other brand. */
  async function fromSaleToSpend(seller: Brand, buyer: { id: string; token: string }, redeemer: Brand) {
    const waiting = { available: '0', pending: '100' };
    for (let said = {}; JSON.stringify(said) !== JSON.stringify(waiting);)
      said = (await ask(seller.key, PREVIEW, purchase(`try ${seller.id}`, buyer.id, 100))).account;
    const { lots, account } = await ask(seller.key, RECORD, purchase(`S ${seller.id}`, buyer.id, 100));
    expect(account).toEqual(waiting);
    const early = await ask(redeemer.key, REDEEM, redemption(`E ${seller.id}`, buyer.id, 50));
    expect(early).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS' });
    const release = (of: string) => ({ idempotencyKey: `release ${of}`, lotId: lots[0].id });
    expect(await ask(seller.key, RELEASE, release('by itself'))).toMatchObject({
      code: 'LEDGER_FUNDING_NOT_CONFIRMED',
    });
    expect(await ask(coalition.adminToken, RELEASE, release('seen'))).toMatchObject({
      account: { available: '100', pending: '0' },
    });
    expect(await ask(redeemer.key, REDEEM, redemption(`R ${seller.id}`, buyer.id, 50))).toMatchObject({
      account: { available: '50' },
    });
  }

  it('hold points back until they are paid for, and settle what was paid, what the fund pays and what is owed', async () => {
    const { bakery, books } = coalition;
    expect(await agree(bakery.id, { settlementModel: 'AT_ISSUANCE', issuanceMicros: '12000' })).toMatchObject({
      contract: { settlementModel: 'AT_ISSUANCE', issuanceMicros: '12000', releaseOnFunding: true },
    });
    expect(await agree(books.id, { settlementModel: 'HYBRID', prefundBps: 4_000 })).toMatchObject({
      contract: { settlementModel: 'HYBRID', prefundBps: 4_000, releaseOnFunding: true },
    });
    const [zofia, karim] = [await coalition.enrol('MODEL-1'), await coalition.enrol('MODEL-2')];
    await fromSaleToSpend(bakery, zofia, books);
    await fromSaleToSpend(books, karim, bakery);

    // The bakery pays 1.20 at issuance and gets 0.20 of what the bookshop paid in advance and 0.30 from it; the bookshop pays
    // 0.40 in advance and 0.30 then, and gets 0.50 out of the bakery's fund.
    const id = await closeCycle(coalition.admin, 'models');
    const { settlementCycle } = await coalition.admin.ask<{ settlementCycle: { netPositions: Net[] } }>(NETS, { id });
    const nets = settlementCycle.netPositions.map(({ party, net }) => [party.partner?.id ?? 'hub', net.amountMinor]);
    expect(Object.fromEntries(nets)).toEqual({ [bakery.id]: '-70', [books.id]: '-20', hub: '90' });
  });
});

interface Net {
  readonly party: { readonly partner: { readonly id: string } | null };
  readonly net: { readonly amountMinor: string };
}
