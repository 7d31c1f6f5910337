import { serverAudits } from 'graphql-http';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';

/** Checks this hub answers otherwise on purpose, each with its reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  '5A70': 'MAY: a GET without a header of its own could be sent by any web page',
  D6D5: 'MAY: the same',
  '6A70': 'MAY: the same',
};

describe('GraphQL over HTTP, by the suite of graphql-http', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());

  const audits = serverAudits({ url: () => `${hub.url}/graphql`, fetchFn: fetch });

  it('is held to all 61 checks, of which only those named here may be no more than noticed', () => {
    expect(audits).toHaveLength(61);
    expect(audits.filter(({ id }) => id in OTHERWISE)).toHaveLength(Object.keys(OTHERWISE).length);
    expect(Object.values(OTHERWISE).every((reason) => reason.startsWith('MAY: '))).toBe(true);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (id, _name, audit) => {
    const result = await audit.fn();
    const answer = result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`;
    if (id in OTHERWISE) expect(result.status).toBe('notice');
    else expect(answer).toBe('ok');
  });
});
