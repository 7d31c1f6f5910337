import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { issuerOf, mintToken } from '../hub/client/credentials';
import { REFUSAL } from '../hub/client/graph';
import type { MemberId } from '../kernel/values/id';
import type { Bench } from './benches';
import { openCoalition, percentile, purchaseOf, rounded } from './coalition';
import { serverVersion } from './server-facts';

const CREDITS = 1_000;
const RECORD = `mutation Record($input: RecordPurchaseInput!) {
  result: recordPurchase(input: $input) { ${REFUSAL} }
}`;
const WATCH =
  'subscription Watch($memberId: ID!) { balanceChanged(memberId: $memberId) { version cause { recordedAt } } }';

/**
 * How long after a credit was recorded a client on a WebSocket sees it. The instant is the entry's own, taken within the
 * transaction just before it commits, by the clock of the same machine: the delay holds the commit itself as well.
 */
export const benchLive: Bench = async ({ openHub, tell }) => {
  const hub = await openHub();
  const coalition = await openCoalition(hub, 'live', 1);
  const memberId = coalition.memberIds[0] as MemberId;
  const token = await mintToken(issuerOf(hub), {
    role: 'member',
    programme: coalition.programmeId,
    member: memberId,
    subject: memberId,
  });
  const client = createClient({
    url: `${hub.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  try {
    const stream = client.iterate<Change>({ query: WATCH, variables: { memberId } });
    await stream.next(); // the snapshot
    const delays: number[] = [];
    for (let credit = 1; credit <= CREDITS; credit += 1) {
      delays.push(await oneCredit());
      if (credit % 250 === 0) tell(`${credit} of ${CREDITS} credits`);
    }
    return {
      postgres: await serverVersion(hub.databases.embeddedUrl!),
      figures: {
        credits: CREDITS,
        p50_ms: rounded(percentile(delays, 0.5)),
        p99_ms: rounded(percentile(delays, 0.99)),
      },
      ratios: {},
    };

    /** Each credit makes exactly one message. */
    async function oneCredit(): Promise<number> {
      const seen = stream.next().then(({ value }) => delayOf(value));
      await coalition.partner.must(RECORD, { input: purchaseOf(memberId) });
      return seen;
    }
  } finally {
    await client.dispose();
    await coalition.close();
  }
};

interface Change {
  readonly balanceChanged: { readonly version: string; readonly cause: { readonly recordedAt: string } | null };
}

function delayOf(message: { data?: Change | null } | undefined): number {
  const recordedAt = message?.data?.balanceChanged.cause?.recordedAt;
  if (recordedAt === undefined) throw new TypeError('benchLive: a change without its cause');
  return Math.max(0, Date.now() - Date.parse(recordedAt));
}
