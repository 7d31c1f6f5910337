import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { limitFault, type Admission, type Admitted, type NotAdmitted } from './admission';
import { Kept, TEXT_KEPT_MAX } from './kept';

/** What is known of an operation that may run, with its document; or the faults for which it may not. */
export type AdmittedDocument = (Admitted & { readonly document: DocumentNode }) | NotAdmitted;

/** How many parsed documents each way in keeps. */
export const DOCUMENTS_KEPT = 2_000;

/**
 * Documents by their text. One that was admitted is kept, and is neither parsed nor judged nor planned again. What was refused is
 * not: whoever sends what may not run would push out what others run.
 */
export class ParsedDocuments {
  private readonly kept = new Kept<DocumentNode>(DOCUMENTS_KEPT);
  /** Those being judged: whoever sends the same in that moment has the same judged. */
  private readonly judging = new Map<string, DocumentNode>();

  /**
   * @param maxTokens how long a document may be
   * @param refused   told of a text that is no document
   */
  constructor(
    private readonly maxTokens: number,
    private readonly refused: (code: 'GATEWAY_SYNTAX') => void,
  ) {}

  /** Has the document of a text judged; a text that is none is refused with GATEWAY_SYNTAX. */
  async admitted(text: string, judge: (document: DocumentNode) => Promise<Admission>): Promise<AdmittedDocument> {
    const document = this.kept.get(text) ?? this.judging.get(text) ?? this.parsed(text);
    if (document instanceof GraphQLError) {
      // Nobody judges it, and who judges counts the others.
      this.refused('GATEWAY_SYNTAX');
      return { faults: [document] };
    }
    this.judging.set(text, document);
    try {
      const admission = await judge(document);
      if ('faults' in admission) return admission;
      if (text.length <= TEXT_KEPT_MAX) this.kept.set(text, document);
      return { ...admission, document };
    } finally {
      this.judging.delete(text);
    }
  }

  private parsed(text: string): DocumentNode | GraphQLError {
    try {
      return parse(text, { maxTokens: this.maxTokens });
    } catch (error) {
      return limitFault('GATEWAY_SYNTAX', (error as GraphQLError).message);
    }
  }
}
