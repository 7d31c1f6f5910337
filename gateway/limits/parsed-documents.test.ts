import { GraphQLError, OperationTypeNode, type DocumentNode } from 'graphql';
import type { Admission } from './admission';
import { TEXT_KEPT_MAX } from './kept';
import { ParsedDocuments } from './parsed-documents';

const ADMITTED: Admission = { kind: OperationTypeNode.QUERY, deadlineMs: 1_000, isBulk: false };
const REFUSED: Admission = { faults: [new GraphQLError('no')] };

describe('a parsed document', () => {
  /** The documents that were judged when a text was sent so many times, each after the one before. */
  async function judgedOf(text: string, admission: Admission, times = 2): Promise<Set<DocumentNode>> {
    const documents = new ParsedDocuments(100, () => undefined);
    const judged = new Set<DocumentNode>();
    for (let time = 0; time < times; time += 1)
      await documents.admitted(text, async (document) => (judged.add(document), admission));
    return judged;
  }

  it('is parsed once and kept when it was admitted', async () => {
    expect((await judgedOf('{ a }', ADMITTED)).size).toBe(1);
  });

  it('is not kept when it was refused', async () => {
    expect((await judgedOf('{ a }', REFUSED)).size).toBe(2);
  });

  it('is not kept with a text that a comment makes long', async () => {
    expect((await judgedOf(`{ a } #${'x'.repeat(TEXT_KEPT_MAX)}`, ADMITTED)).size).toBe(2);
  });

  it('is the same for those who send it while it is judged, and forgotten when that fails', async () => {
    const documents = new ParsedDocuments(100, () => undefined);
    const judged: DocumentNode[] = [];
    const fail = documents.admitted('{ a }', async (document) => {
      judged.push(document);
      await Promise.resolve();
      throw new Error('gone');
    });
    const beside = documents.admitted('{ a }', async (document) => (judged.push(document), REFUSED));
    await expect(fail).rejects.toThrow('gone');
    await beside;
    await documents.admitted('{ a }', async (document) => (judged.push(document), REFUSED));
    expect(judged[0]).toBe(judged[1]);
    expect(judged[2]).not.toBe(judged[0]);
  });

  it('is none when the text is no GraphQL or has too many tokens', async () => {
    const judge = jest.fn();
    const documents = new ParsedDocuments(3, () => undefined);
    for (const text of ['select', '{ a b }'])
      expect(await documents.admitted(text, judge)).toMatchObject({
        faults: [{ extensions: { code: 'GATEWAY_SYNTAX' } }],
      });
    expect(judge).not.toHaveBeenCalled();
  });
});
