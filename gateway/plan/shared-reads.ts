import type { DocumentNode } from 'graphql';

/**
 * Reads that are asked for in the same moment are run once.
 *
 * Whoever asks in the same turn of the event loop for the same document with the same variables, as the same caller, shares one
 * run that begins when the turn is over. A run that has begun takes nobody in: its answer may be older than a change the next one
 * already knows of. So every answer is at least as new as the question, and sharing cannot be seen.
 */
export class SharedReads<Answer> {
  private readonly waiting = new Map<string, Promise<Answer>>();
  private readonly numbers = new WeakMap<DocumentNode, number>();
  private documents = 0;

  /**
   * @param identity all that the answer depends on besides the document: caller, variables, languages
   * @param run      begun once for all who wait; none of them may change its answer
   */
  ask(document: DocumentNode, identity: readonly unknown[], run: () => Promise<Answer>): Promise<Answer> {
    const key = `${this.numberOf(document)} ${JSON.stringify(identity)}`;
    const known = this.waiting.get(key);
    if (known !== undefined) return known;
    const answer = new Promise<Answer>((resolve) => {
      setImmediate(() => {
        this.waiting.delete(key);
        resolve(run());
      });
    });
    this.waiting.set(key, answer);
    return answer;
  }

  private numberOf(document: DocumentNode): number {
    let number = this.numbers.get(document);
    if (number === undefined) this.numbers.set(document, (number = this.documents += 1));
    return number;
  }
}
