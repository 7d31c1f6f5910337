import type { SubgraphLink, SubgraphRequest } from '../../kernel/graph/link';
import { openLog } from '../../kernel/telemetry/log';
import { newId } from '../../kernel/values/id';
import { until } from '../testkit/until';
import { KeyUses } from './key-uses';

const programmeId = newId('prg');
const [one, other] = [newId('key'), newId('key')];

class Partners implements SubgraphLink {
  readonly name = 'partners';
  readonly told: SubgraphRequest[] = [];
  isAway = false;

  async execute(request: SubgraphRequest) {
    this.told.push(request);
    if (this.isAway) throw new Error('away');
    return { data: { notePartnerKeyUses: 1 } };
  }
  subscribe = (): never => {
    throw new Error('nothing to subscribe to');
  };
  async close() {}

  get keysTold(): string[][] {
    return this.told.map(({ variables }) => (variables?.['uses'] as { keyId: string }[]).map(({ keyId }) => keyId));
  }
}

const open = (partners: Partners, gatherMs: number) => new KeyUses(partners, openLog('test', 'silent'), gatherMs);

it('tells a thousand uses of two keys with one command, as the gateway of their programme', async () => {
  const partners = new Partners();
  const uses = open(partners, 20);
  for (let n = 0; n < 500; n++) for (const keyId of [one, other]) uses.used({ keyId, programmeId });
  await until(() => partners.told.length > 0);
  await uses.stop();
  expect(partners.keysTold).toEqual([[one, other]]);
  expect(partners.told[0]?.context.principal).toEqual({ kind: 'service', name: 'gateway', programmeId });
});

it('keeps what cannot be told, and tells it when partners is back', async () => {
  const partners = new Partners();
  partners.isAway = true;
  const uses = open(partners, 5);
  uses.used({ keyId: one, programmeId });
  await until(() => partners.told.length >= 2);
  partners.isAway = false;
  const before = partners.told.length;
  await until(() => partners.told.length > before);
  await uses.stop();
  expect(partners.keysTold.at(-1)).toEqual([one]);
});

it('tells the last of it when it stops, and nothing afterwards', async () => {
  const partners = new Partners();
  const uses = open(partners, 60_000);
  uses.used({ keyId: one, programmeId });
  await uses.stop();
  uses.used({ keyId: other, programmeId });
  await uses.stop();
  expect(partners.keysTold).toEqual([[one]]);
});
