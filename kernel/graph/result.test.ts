import type { RefusalCatalogue } from '../errors/refusal';
import { refuseFrom } from '../errors/refusal';
import { answerer, presenter } from './result';
import { BigIntScalar, readable } from './scalars';

const catalogue = {
  THINGS_FULL: { meaning: 'No room.', action: 'Wait.', retryable: true, type: 'NoRoom', precedence: 100 },
} as const satisfies RefusalCatalogue;
const refuse = refuseFrom(catalogue);

describe('presenting', () => {
  const present = presenter(catalogue);

  it('shows a value under its success type', () => {
    expect(present('AddThingSuccess', { size: 1n })).toEqual({ __typename: 'AddThingSuccess', size: 1n });
  });

  it('shows a refusal under the type of its code, with its facts', () => {
    expect(present('AddThingSuccess', refuse('THINGS_FULL', 'No room.', { missing: 2n }))).toEqual({
      ...{
        __typename: 'NoRoom',
        code: 'THINGS_FULL',
        message: 'No room.',
        retryable: true,
        replayed: false,
        missing: 2n,
      },
    });
  });

  it('says when a refusal is a stored one', () => {
    expect(present('AddThingSuccess', { ...refuse('THINGS_FULL', ''), replayed: true })).toMatchObject({
      replayed: true,
    });
  });

  it('takes a code of no catalogue for a bug', () => {
    const stray = { kind: 'refusal', code: 'OTHER', message: '', retryable: false } as const;
    expect(() => present('AddThingSuccess', stray)).toThrow('OTHER is in no catalogue');
  });
});

describe('answering', () => {
  const answer = answerer(catalogue);
  const unreadable = BigIntScalar.parseValue('1.5');

  it('calls the use case and presents its outcome', async () => {
    expect(await answer('AddThingSuccess', { size: 1n }, async () => ({ id: 'x' }))).toEqual({
      __typename: 'AddThingSuccess',
      id: 'x',
    });
  });

  it('never lets an unreadable value reach the use case, and names its path', async () => {
    const useCase = jest.fn();
    const answered = await answer('AddThingSuccess', { lines: [{ amount: 1n }, { amount: unreadable }] }, useCase);
    expect(answered).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      field: 'input.lines[1].amount',
    });
    expect(useCase).not.toHaveBeenCalled();
  });

  it('ends a query’s field when its argument cannot be read', () => {
    expect(readable('at', 5n)).toBe(5n);
    expect(() => readable('at', unreadable)).toThrow('at: must be a whole number');
  });
});
