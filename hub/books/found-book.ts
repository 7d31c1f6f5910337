import { setTimeout as pause } from 'node:timers/promises';
import type { DevelopmentIssuer } from '../../gateway/main';
import { Fault } from '../../kernel/errors/fault';
import type { MemberId, PartnerId, ProgrammeId } from '../../kernel/values/id';
import { issueKey, mintToken, untilKnown } from '../client/credentials';
import { findProgramme } from '../client/found-programme';
import { REFUSAL, type GraphCaller, type GraphConnection } from '../client/graph';
import { runLimited } from '../replay/limiter';
import type { Book, BookPartner } from './book-format';
import { membersOf } from './check-book';

/** A book's programme in a hub: who can be called as whom, and what the hub calls them. */
export interface FoundBook {
  readonly admin: GraphCaller;
  /** A partner's own program. */
  partner(name: string): GraphCaller;
  /** A partner's people. */
  staff(name: string): GraphCaller;
  /** A member's own app. */
  member(name: string): GraphCaller;
  readonly partnerIds: ReadonlyMap<string, string>;
  readonly memberIds: ReadonlyMap<string, string>;
}

const mutation = (name: string, success: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation Set($input: ${type}Input!) { result: ${name}(input: $input) { ... on ${type}Success { ${success} } ${REFUSAL} } }`;
};
const CREATE = mutation('createProgramme', 'programme { id }');
const JOIN = mutation('addPartner', 'partner { id }');
const AGREE = mutation('agreeContract', 'ruleBookVersion');
const ENROL = mutation('enrolMember', 'member { id }');
const RULES = 'query Rules { programmeClock { ruleBookVersion } }';
/** What the hub takes for a partner's code. */
const CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const AT_ONCE = 4;
const RULES_WITHIN_MS = 15_000;

/**
 * Founds a sandbox programme for a book: its partners with their contracts, its members, a credential for each.
 *
 * Partners join in the order of their names, so that the hub, which settles ties by partner id, settles them by name.
 *
 * @param key names the programme; one that exists is not used again
 * @throws Fault HUB_COMMAND_REFUSED when the rules refuse the book's terms
 */
export async function foundBook(
  connection: GraphConnection,
  issuer: DevelopmentIssuer,
  { book, key }: { book: Book; key: string },
): Promise<FoundBook> {
  const { id, admin } = await create(connection, issuer, { book, key });
  const partnerIds = new Map<string, string>();
  let version = 0n;
  const mayBeCodes = book.partners.every(({ id: name }) => CODE.test(name));
  for (const partner of book.partners.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const code = mayBeCodes ? partner.id : `P${partnerIds.size + 1}`;
    const joined = await admin.must<{ partner: { id: string } }>(JOIN, {
      input: { idempotencyKey: `join ${partner.id}`, code, name: partner.id },
    });
    partnerIds.set(partner.id, joined.partner.id);
  }
  for (const partner of book.partners) version = await agree(admin, { book, partner, partnerIds });
  const keys = new Map<string, GraphCaller>();
  await runLimited([...partnerIds], AT_ONCE, async ([name, partnerId]) => {
    const text = await issueKey(admin, { id: partnerId, code: name, activeKeys: [] });
    await untilKnown(connection, text);
    keys.set(name, connection.as(text));
  });
  await untilRulesKnown(admin, version);
  const partner = (name: string) => keys.get(name)!;
  const memberIds = await enrolAll(book, partner);
  const members = new Map<string, GraphCaller>();
  for (const [name, memberId] of memberIds) {
    const grant = { role: 'member', programme: id, member: memberId as MemberId, subject: memberId } as const;
    members.set(name, connection.as(await mintToken(issuer, grant)));
  }
  const people = new Map<string, GraphCaller>();
  for (const [name, partnerId] of partnerIds) {
    const grant = { role: 'staff', programme: id, partner: partnerId as PartnerId } as const;
    people.set(name, connection.as(await mintToken(issuer, grant)));
  }
  const [staff, member] = [people, members].map((callers) => (name: string) => callers.get(name)!);
  return { admin, partner, staff: staff!, member: member!, partnerIds, memberIds };
}

async function create(
  connection: GraphConnection,
  issuer: DevelopmentIssuer,
  { book, key }: { book: Book; key: string },
): Promise<{ id: ProgrammeId; admin: GraphCaller }> {
  const host = connection.as(await mintToken(issuer, { role: 'host' }));
  const { currency, timeZone, faceValueMicros, opensAt } = book;
  await host.must(CREATE, {
    input: {
      ...{ idempotencyKey: `found ${key}`, key, name: book.name === '' ? key : book.name },
      ...{ currencyName: 'points', defaultLanguage: 'en', currency, timeZone },
      faceValueMicros: `${faceValueMicros}`,
      pointsValidityDays: null,
      isSandbox: true,
      singleApprover: true,
      // Whoever disputes needs a window; every partner's agreement ends it.
      disputeWindowDays: 1,
      opensAt,
      tiers: [{ code: 'BASE', name: 'Base', thresholdPoints: '0' }],
    },
  });
  const found = await findProgramme(connection, issuer, key);
  if (found === null) throw new TypeError(`create: ${key} was founded and is not there`);
  return found;
}

/** Terms that mean nothing under a partner's model are left out, as the rules would refuse them. */
async function agree(
  admin: GraphCaller,
  { book, partner, partnerIds }: { book: Book; partner: BookPartner; partnerIds: ReadonlyMap<string, string> },
): Promise<bigint> {
  const { id, model, reimbursementMicros, issuanceMicros = 0n, feeMicros = 0n } = partner;
  const { ruleBookVersion } = await admin.must<{ ruleBookVersion: string }>(AGREE, {
    input: {
      idempotencyKey: `contract ${id}`,
      partnerId: partnerIds.get(id),
      validFrom: termsBegin(book),
      settlementModel: model,
      reimbursementMicros: `${reimbursementMicros}`,
      feeMicros: `${feeMicros}`,
      ...(model === 'AT_ISSUANCE'
        ? { issuanceMicros: `${issuanceMicros}`, breakageShareBps: partner.breakageShareBps ?? 0 }
        : {}),
      ...(model === 'HYBRID' ? { prefundBps: partner.prefundBps ?? 0 } : {}),
    },
  });
  return BigInt(ruleBookVersion);
}

/** Before the first of its lots was earned: a lot's terms are those of the instant it was earned. */
function termsBegin({ opensAt, openingLots }: Book): string {
  const instants = [opensAt, ...(openingLots ?? []).map(({ earnedAt }) => earnedAt)];
  return new Date(Math.min(...instants.map((at) => Date.parse(at)))).toISOString();
}

/** Each member at every partner it spends at, and at the first partner when it spends nowhere. */
async function enrolAll(book: Book, partner: (name: string) => GraphCaller): Promise<Map<string, string>> {
  const at = new Map<string, Set<string>>(membersOf(book).map((name) => [name, new Set<string>()]));
  for (const event of book.events)
    if (event.type === 'redeem' || event.type === 'hold') at.get(event.member)?.add(event.redeemer);
  const ids = new Map<string, string>();
  await runLimited([...[...at].entries()], AT_ONCE, async ([place, [name, visited]]) => {
    const first = book.partners[0]!.id;
    for (const where of visited.size > 0 ? visited : [first]) {
      const input = {
        idempotencyKey: `enrol ${name}`,
        identity: { kind: 'CARD', value: `book-${place}` },
        acceptsTerms: true,
      };
      const { member } = await partner(where).must<{ member: { id: string } }>(ENROL, { input });
      ids.set(name, member.id);
    }
  });
  return ids;
}

/** The ledger hears of contracts by an event: waits until it posts by the last of them. */
async function untilRulesKnown(admin: GraphCaller, version: bigint): Promise<void> {
  const until = Date.now() + RULES_WITHIN_MS;
  for (;;) {
    const { programmeClock } = await admin.ask<{ programmeClock: { ruleBookVersion: string } | null }>(RULES);
    if (programmeClock !== null && BigInt(programmeClock.ruleBookVersion) >= version) return;
    if (Date.now() > until) throw new Fault('HUB_RULES_UNKNOWN', 'The ledger did not hear of the contracts in time.');
    await pause(25);
  }
}
