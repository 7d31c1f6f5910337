import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';

const FRIEND = '{ member(ref: { id: "m1" }) { friend { id } } }';

describe('a running gateway that is given another supergraph', () => {
  let hub: TestGateway;
  let sdl: string;
  beforeEach(async () => {
    hub = await openTestGateway();
    sdl = hub.fixture.supergraphSdl;
  });
  afterEach(async () => hub.close());

  const friendOf = async () => (await hub.client().query(FRIEND)).body;
  const served = { data: { member: { friend: { id: 'm2' } } } };
  const added = () =>
    sdl.replace('  friend: Member', '  companion: Member @join__field(graph: MEMBERS)\n  friend: Member');

  it.each<[string, (text: string) => string, RegExp]>([
    ['no GraphQL', () => 'type Query {', /no supergraph: Syntax Error/],
    ['a schema that is no supergraph', () => 'type Query { nothing: Int }', /no supergraph/],
    ['half of it', (text) => text.slice(0, text.length / 2), /no supergraph/],
    ['one that names an unknown type', (text) => text.replace('friend: Member', 'friend: Nobody'), /Nobody/],
    ['one whose fields are of no subgraph', (text) => text.replaceAll('graph: LEDGER)', 'graph: NOWHERE)'), /join__/],
    ['one that takes a field away', (text) => text.replace(/ {2}friend: Member.*\n/, ''), /Member\.friend was removed/],
    ['one that asks more', (text) => text.replace('friend: Member', 'friend(of: ID!): Member'), /required arg/i],
    [
      'one with a subgraph it has no way to',
      (text) => text.replace('name: "ledger"', 'name: "billing"'),
      /subgraph billing, to which this gateway has no way/,
    ],
  ])('refuses %s, says why, and answers as before', async (_what, change, reason) => {
    const text = change(sdl);
    expect(text).not.toBe(sdl);
    expect(() => hub.reload(text)).toThrow(expect.objectContaining({ code: 'HUB_SUPERGRAPH_REFUSED' }) as Error);
    expect(() => hub.reload(text)).toThrow(reason);
    expect(await friendOf()).toEqual(served);
  });

  it('takes one with more in it, and goes back to what it ran before', async () => {
    expect(hub.reload(added())).toBe(true);
    expect(await friendOf()).toEqual(served);
    const { body } = await hub.client().query('{ member(ref: { id: "m1" }) { companion { id } } }');
    expect(body.errors?.[0]?.extensions?.['code']).not.toBe('GATEWAY_VALIDATION');
    expect(hub.reload(sdl)).toBe(true);
    expect(await friendOf()).toEqual(served);
  });

  it('leaves plans as they are when it is given the same again', () => {
    expect(hub.reload(sdl)).toBe(false);
  });
});
