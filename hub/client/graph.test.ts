import { GraphCaller, type Answer } from './graph';

const done: Answer = { __typename: 'Success' };
const refused = (code: string, retryable: boolean): Answer => ({
  __typename: 'Refused',
  code,
  message: 'Why.',
  retryable,
});

describe('a mutation over a list', () => {
  /** A hub that answers each call in turn; it notes the rows it was sent. */
  function answering(...answers: readonly (readonly (Answer | null)[])[]) {
    const sent: unknown[] = [];
    const caller = new GraphCaller((body) => {
      const { variables } = JSON.parse(body) as { variables: { input: unknown } };
      sent.push(variables.input);
      return Promise.resolve({ data: { result: answers[sent.length - 1] } });
    });
    return { caller, sent };
  }
  const rows = [{ key: 1 }, { key: 2 }, { key: 3 }];

  it('sends rows again that were refused for what may pass or not answered, in their order, and no other', async () => {
    const { caller, sent } = answering(
      [refused('LEDGER_BUSY', true), done, null],
      [done, refused('LEDGER_BUSY', true)],
      [refused('FORBIDDEN', false)],
    );
    expect(await caller.commandEach('mutation', rows)).toEqual([done, done, refused('FORBIDDEN', false)]);
    expect(sent).toEqual([rows, [rows[0], rows[2]], [rows[2]]]);
  });

  it('stops a program whose rows must all succeed, with the first refusal in words', async () => {
    const { caller } = answering([done, refused('LEDGER_BUSY', true), done], [refused('FORBIDDEN', false)]);
    await expect(caller.mustEach('mutation', rows)).rejects.toMatchObject({
      ...{ code: 'HUB_COMMAND_REFUSED', message: 'FORBIDDEN: Why.' },
    });
    await expect(answering([done]).caller.mustEach('mutation', [{}])).resolves.toBeUndefined();
  });
});
