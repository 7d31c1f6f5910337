import { issuerOf, mintToken, partnerKeys } from '../hub/client/credentials';
import { findProgramme, foundProgramme } from '../hub/client/found-programme';
import { GraphConnection, REFUSAL, type GraphCaller } from '../hub/client/graph';
import type { Hub } from '../hub/composition/open-hub';
import type { MemberId } from '../kernel/values/id';
import { runLimited } from '../hub/replay/limiter';
import { Progress } from '../hub/replay/progress';
import { movementsAfter } from './movements';
import { MovementPoster } from './post-movements';
import type { Scale } from './scales';
import { answerSome, openExtras } from './seed-extras';
import { BRANDS, DEMO_KEY, DEMO_TIME_ZONE, tellStory, type Story, type StoryEvent } from './story';

const CONCURRENCY = 8;
const ENROL = `mutation Enrol($input: EnrolMemberInput!) {
  result: enrolMember(input: $input) { ... on EnrolMemberSuccess { member { id } } ${REFUSAL} }
}`;
const RECORD = `mutation Record($input: [RecordPurchaseInput!]!) { result: recordPurchases(input: $input) { ${REFUSAL} } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) { ${REFUSAL}
  ... on RedeemPointsSuccess { redemption { id } } } }`;
const SET_CLOCK = `mutation SetClock($input: SetTestClockInput!) { result: setTestClock(input: $input) { ${REFUSAL} } }`;
const CLOCK = 'query Clock { programmeClock { now isTestClock } }';

/** The demo coalition's programme key at a scale; only the usual one is called plainly `demo`. */
export function demoKey(scale: Scale): string {
  return scale === 'demo' ? DEMO_KEY : `${DEMO_KEY}-${scale}`;
}

/**
 * Writes the demo coalition through the public graph, as its partners' programs would. Every call has a key that follows from
 * the story, so writing it again changes nothing, and an interrupted writing is completed by the next.
 */
export async function seedDemo({
  hub,
  scale,
  tell,
}: {
  hub: Hub;
  scale: Scale;
  tell: (line: string) => void;
}): Promise<void> {
  const connection = new GraphConnection(hub.url);
  try {
    const story = tellStory(scale);
    if (await isWhole(connection, hub, story, scale)) return;
    const { id: programmeId, admin } = await foundProgramme(connection, issuerOf(hub), foundationOf(story, scale));
    const keys = await partnerKeys({ connection, admin, dataDir: hub.config.dataDir, programmeKey: demoKey(scale) });
    const brands = new Map([...keys].map(([code, key]) => [code, connection.as(key)]));
    const ids = await enrolAll(story, brands, tell);
    await openExtras(admin, brands);
    const member = async (card: string) => {
      const id = ids.get(card) as MemberId;
      const grant = { role: 'member', programme: programmeId, member: id, subject: id } as const;
      return connection.as(await mintToken(issuerOf(hub), grant));
    };
    const poster = new MovementPoster({ brands, admin, ids, member });
    await postAll({ story, brands, admin, poster, tell });
    await answerSome({ connection, issuer: issuerOf(hub), programmeId, memberIds: [...ids.values()] });
    await finishStory(admin, story);
  } finally {
    await connection.close();
  }
}

async function isWhole(connection: GraphConnection, hub: Hub, story: Story, scale: Scale): Promise<boolean> {
  const found = await findProgramme(connection, issuerOf(hub), demoKey(scale));
  if (found === null) return false;
  const { programmeClock } = await found.admin.ask<{ programmeClock: { now: string; isTestClock: boolean } }>(CLOCK);
  return programmeClock.isTestClock && Date.parse(programmeClock.now) > story.days.at(-1)!.endsAt.getTime();
}

function foundationOf(story: Story, scale: Scale) {
  return {
    key: demoKey(scale),
    name: 'Koalicja Trzech Drzwi',
    currencyName: 'ziarna',
    currency: 'PLN',
    faceValueMicros: 10_000n,
    timeZone: DEMO_TIME_ZONE,
    defaultLanguage: 'pl',
    pointsValidityDays: 365,
    opensAt: story.opensAt,
    tiers: [
      { code: 'BRONZE', name: 'Brąz', thresholdPoints: 0n },
      { code: 'SILVER', name: 'Srebro', thresholdPoints: 500n },
      { code: 'GOLD', name: 'Złoto', thresholdPoints: 2_000n },
    ],
    partners: BRANDS,
  };
}

async function enrolAll(
  story: Story,
  brands: ReadonlyMap<string, GraphCaller>,
  tell: (line: string) => void,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const progress = new Progress('enrolments', story.members.length * brands.size, tell);
  await runLimited(story.members, CONCURRENCY, async ({ card, name, language, brand }) => {
    // The brand that knows the name comes first; at the others the card is enough.
    const order = [brand, ...[...brands.keys()].filter((code) => code !== brand)];
    for (const code of order) {
      const input = {
        idempotencyKey: `enrol ${card}`,
        identity: { kind: 'CARD', value: card },
        displayName: name,
        language,
        acceptsTerms: true,
      };
      const { member } = await brands.get(code)!.must<{ member: { id: string } }>(ENROL, { input });
      ids.set(card, member.id);
      progress.advance(1);
    }
  });
  progress.finish();
  return ids;
}

async function postAll(parts: {
  story: Story;
  brands: ReadonlyMap<string, GraphCaller>;
  admin: GraphCaller;
  poster: MovementPoster;
  tell: (line: string) => void;
}): Promise<void> {
  const { story, brands, admin, poster, tell } = parts;
  const { programmeClock } = await admin.ask<{ programmeClock: { now: string; isTestClock: boolean } }>(CLOCK);
  let clock = programmeClock.isTestClock ? Date.parse(programmeClock.now) : 0;
  const progress = new Progress(
    'visits',
    story.days.reduce((total, { events }) => total + events.length, 0),
    tell,
  );
  for (const [number, { endsAt, events }] of story.days.entries()) {
    if (clock < endsAt.getTime()) await admin.must(SET_CLOCK, { input: { now: endsAt.toISOString() } });
    clock = Math.max(clock, endsAt.getTime());
    for (const [code, caller] of brands) {
      const purchases = events.filter(({ kind, brand }) => kind === 'PURCHASE' && brand === code);
      await caller.mustEach(RECORD, purchases.map(purchaseInput));
    }
    for (const redemption of events.filter(({ kind }) => kind === 'REDEMPTION')) {
      // Some members ask for more than they have and are declined, as in life.
      const answer = await brands
        .get(redemption.brand)!
        .command<{ redemption?: { id: string } }>(REDEEM, { input: redemptionInput(redemption) });
      if (answer.redemption !== undefined) poster.redeemed(redemption.ref, answer.redemption.id);
    }
    for (const movement of movementsAfter(story, number)) await poster.post(movement, endsAt);
    progress.advance(events.length);
  }
  progress.finish();
}

/** The clock reaches the day after the story last of all: it is by this that the next start knows everything is there. */
async function finishStory(admin: GraphCaller, story: Story): Promise<void> {
  const now = new Date(story.days.at(-1)!.endsAt.getTime() + 1).toISOString();
  await admin.must(SET_CLOCK, { input: { now } });
}

function purchaseInput({ ref, card, occurredAt, amount }: StoryEvent): object {
  return {
    idempotencyKey: ref,
    externalRef: ref,
    member: { identity: { kind: 'CARD', value: card } },
    amount: { amountMinor: String(amount), currency: 'PLN' },
    occurredAt: occurredAt.toISOString(),
  };
}

function redemptionInput({ ref, card, occurredAt, amount }: StoryEvent): object {
  return {
    idempotencyKey: ref,
    externalRef: ref,
    member: { identity: { kind: 'CARD', value: card } },
    points: String(amount),
    occurredAt: occurredAt.toISOString(),
  };
}
