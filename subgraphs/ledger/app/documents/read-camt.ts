import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { BankEntry } from '../../core/documents/bank-entry';

/** The most entries one statement is read with. */
export const ENTRIES_MAX = 10_000;

const LISTS = new Set(['Stmt', 'Ntfctn', 'Ntry', 'NtryDtls', 'TxDtls']);
const parser = new XMLParser({
  ...{ ignoreAttributes: false, attributeNamePrefix: '@', textNodeName: '#' },
  ...{ parseTagValue: false, parseAttributeValue: false, removeNSPrefix: true },
  isArray: (name) => LISTS.has(name),
});

/** What a parser makes of XML: text, a list, or elements by name. */
type Node = string | readonly Node[] | { readonly [name: string]: Node } | undefined;

/** The node at the end of a path; undefined where the path ends before. */
function at(node: Node, ...path: readonly string[]): Node {
  return path.reduce<Node>(
    (inner, name) =>
      typeof inner === 'object' && !Array.isArray(inner) ? (inner as Record<string, Node>)[name] : undefined,
    node,
  );
}
const listAt = (node: Node, ...path: readonly string[]): readonly Node[] => {
  const found = at(node, ...path);
  return Array.isArray(found) ? (found as readonly Node[]) : [];
};
const textAt = (node: Node, ...path: readonly string[]): string | null => {
  const found = at(node, ...path);
  const text = typeof found === 'object' ? at(found, '#') : found;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
};

/**
 * Reads the entries of a camt.053 statement or a camt.054 notification, of any version.
 *
 * @returns the entries in the bank's order, one for each transaction; or why the text cannot be read
 */
export function readCamt(text: string): { entries: BankEntry[] } | { fault: string } {
  // Nothing a bank sends has a document type; what has one may swell to any size or fetch files.
  if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY')) return { fault: 'it declares a document type' };
  const wellFormed = XMLValidator.validate(text);
  if (wellFormed !== true) return { fault: `it is not well-formed XML (line ${wellFormed.err.line})` };
  const read = parser.parse(text) as Node;
  const statements = [
    ...listAt(read, 'Document', 'BkToCstmrStmt', 'Stmt'),
    ...listAt(read, 'Document', 'BkToCstmrDbtCdtNtfctn', 'Ntfctn'),
  ];
  if (statements.length === 0) return { fault: 'it holds neither a camt.053 statement nor a camt.054 notification' };
  const entries = statements.flatMap((statement) => {
    const iban = textAt(statement, 'Acct', 'Id', 'IBAN');
    return listAt(statement, 'Ntry').flatMap((entry) => entriesIn(entry, iban));
  });
  return entries.length > ENTRIES_MAX
    ? { fault: `it holds more than ${ENTRIES_MAX} entries; send it in parts` }
    : { entries };
}

/** One entry may book many transactions at once; one without details is itself the transaction. */
function entriesIn(entry: Node, iban: string | null): BankEntry[] {
  const details = listAt(entry, 'NtryDtls').flatMap((each) => listAt(each, 'TxDtls'));
  const transactions = details.length === 0 ? [undefined] : details;
  return transactions.map((transaction): BankEntry => {
    const own = amountIn(transaction) ?? (transactions.length === 1 ? amountAt(entry, 'Amt') : null);
    const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts');
    const direction = textAt(transaction, 'CdtDbtInd') ?? textAt(entry, 'CdtDbtInd');
    return {
      endToEndId: textAt(transaction, 'Refs', 'EndToEndId') ?? '',
      ...(own ?? { amount: '', currency: '' }),
      direction: direction === 'CRDT' ? 'CREDIT' : 'DEBIT',
      isBooked: status === 'BOOK',
      isReversal: textAt(entry, 'RvslInd') === 'true' || at(transaction, 'RtrInf') !== undefined,
      bankRef:
        textAt(transaction, 'Refs', 'AcctSvcrRef') ?? (transactions.length === 1 ? textAt(entry, 'AcctSvcrRef') : null),
      bookedOn: (textAt(entry, 'BookgDt', 'Dt') ?? textAt(entry, 'BookgDt', 'DtTm'))?.slice(0, 10) ?? null,
      iban,
    };
  });
}

/** What a transaction moved: its own amount, or what older versions put beneath its details. */
function amountIn(transaction: Node): { amount: string; currency: string } | null {
  return amountAt(transaction, 'Amt') ?? amountAt(transaction, 'AmtDtls', 'TxAmt', 'Amt');
}

function amountAt(node: Node, ...path: readonly string[]): { amount: string; currency: string } | null {
  const [amount, currency] = [textAt(node, ...path), textAt(node, ...path, '@Ccy')];
  return amount === null || currency === null ? null : { amount, currency };
}
