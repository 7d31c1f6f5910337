import { getOperationAST, parse } from 'graphql';
import { measure } from './measure';

const measured = (text: string) => {
  const document = parse(text);
  return measure(document, getOperationAST(document)!);
};

describe('the measure of an operation', () => {
  it('counts levels, fields, aliases and directives with fragments resolved', () => {
    const measures = measured('query @a { one: x { ...f ...f @b } y } fragment f on T { p: q { r @c } }');
    expect(measures).toMatchObject({
      depth: 3,
      fields: 6,
      aliases: 3,
      directives: 4,
      roots: ['x', 'y'],
      circular: false,
    });
  });

  it('counts a fragment as often as it is used without walking it as often', () => {
    const levels = Array.from({ length: 60 }, (_, i) => `fragment f${i} on T { ...f${i + 1} ...f${i + 1} }`).join(' ');
    expect(measured(`{ ...f0 } ${levels} fragment f60 on T { x }`).fields).toBe(2 ** 60);
  });

  it.each([
    ['nowhere', '...nope'],
    ['back to the first', '...f0'],
  ])('does not walk fragments again that lead %s', (_, last) => {
    const levels = Array.from({ length: 40 }, (__, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(
      ' ',
    );
    const measures = measured(`{ ...f0 } ${levels} fragment f40 on Query { ${last} }`);
    expect(measures).toMatchObject({ fields: 0, roots: [], circular: last === '...f0' });
  });

  it('notices fragments that lead back to themselves', () => {
    expect(measured('{ ...a } fragment a on T { x { ...b } } fragment b on T { ...a }').circular).toBe(true);
  });

  it('keeps the levels of introspection apart from those of the graph', () => {
    expect(measured('{ __schema { types { fields { name } } } x { y } }')).toMatchObject({
      depth: 2,
      introspectionDepth: 4,
      introspects: true,
    });
  });

  it('finds page sizes wherever they stand, and the variables that hold them', () => {
    expect(measured('query ($n: Int) { a(first: 5) { b(first: $n) } }')).toMatchObject({
      firstLiterals: [5],
      firstVariables: ['n'],
    });
  });

  it('finds the root fields within fragments', () => {
    expect(measured('{ ...f ... on Query { c } } fragment f on Query { a b }').roots).toEqual(['a', 'b', 'c']);
  });

  it('names a root field as often as its fragment is used, a hundred at most', () => {
    expect(measured('{ ...f ...f } fragment f on Query { a }').roots).toEqual(['a', 'a']);
    const levels = Array.from({ length: 60 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(
      ' ',
    );
    expect(measured(`{ ...f0 } ${levels} fragment f60 on Query { x }`).roots).toHaveLength(100);
  });
});
