import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { LocalLink } from './local-link';
import { nobody } from './http-link';

/** A subgraph whose one field fails with what it is given. */
function failingWith(error: Error): LocalLink {
  const fail = { type: GraphQLString, resolve: () => Promise.reject(error) };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { it: fail } }) });
  return new LocalLink('ledger', schema, () => ({}));
}

const askOf = async (error: Error) => {
  const { errors } = await failingWith(error).execute({ query: '{ it }', context: nobody() });
  return errors?.[0];
};

describe('LocalLink', () => {
  it('tells a lost database as an outage after which the same may be sent again', async () => {
    const lost = await askOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect(lost).toMatchObject({ path: ['it'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryable: true } });
    expect(lost?.message).not.toContain('ECONNREFUSED');
    const ended = await askOf(new Error('Connection terminated unexpectedly'));
    expect(ended?.extensions).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryable: true });
  });

  it('leaves every other fault as it was thrown', async () => {
    const thrown = new TypeError('undefined is not a function');
    expect((await askOf(thrown))?.originalError).toBe(thrown);
  });
});
