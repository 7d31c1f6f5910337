import type { Principal } from '../../../../kernel/context/principal';
import { cycleOfDocument, type SettlementDocument } from '../../core/documents/document-list';
import { dueDay, invoiceOf, invoicePaper, type Invoice } from '../../core/documents/invoice';
import type { Paper } from '../../core/documents/paper';
import { paymentFile, paymentPaper, type PaymentFile } from '../../core/documents/payments';
import { groupsOf } from '../../core/documents/statement';
import { CLAIMS_MAX, statementPaper } from '../../core/documents/statement-paper';
import { loadClaimGroups } from '../../data/documents/statement.store';
import { documentsIn, loadPapers, type PaperLedger, type Papers } from './load-papers';
import { drawUp, FROM_THE_START, readStatementClaims } from './read-statement';
import { renderCsv } from './render/render-csv';
import { renderCreditTransfer, renderDirectDebit } from './render/render-payments';
import { renderPdf } from './render/render-pdf';
import { renderUbl } from './render/render-ubl';
import { renderXlsx } from './render/render-xlsx';

export type { SettlementDocument };

/** The documents of a cycle that a reader sees; none of a cycle that is not for them. */
export async function readDocumentList(
  ledger: PaperLedger,
  principal: Principal,
  cycleId: string,
): Promise<SettlementDocument[]> {
  const papers = await loadPapers(ledger, principal, cycleId);
  return papers === null ? [] : documentsIn(papers);
}

/** One document by its id; null when it is not there or not for this reader. */
export async function readDocument(
  ledger: PaperLedger,
  principal: Principal,
  id: string,
): Promise<SettlementDocument | null> {
  const cycleId = cycleOfDocument(id);
  const list = cycleId === null ? [] : await readDocumentList(ledger, principal, cycleId);
  return list.find((document) => document.id === id) ?? null;
}

/**
 * Draws a document up: nothing is stored, and the same cycle gives the same bytes every time.
 *
 * @returns null while it waits for somebody's details, or when the reader may not see it
 */
export async function drawDocument(ledger: PaperLedger, principal: Principal, id: string): Promise<Buffer | null> {
  const papers = await loadPapers(ledger, principal, cycleOfDocument(id) ?? '');
  const document = papers === null ? undefined : documentsIn(papers).find((one) => one.id === id);
  if (papers === null || document === undefined || document.waitsFor.length > 0) return null;
  switch (document.kind) {
    case 'STATEMENT':
      return rendered(await statementOn(ledger, papers, document), document);
    case 'INVOICE': {
      const invoice = await invoiceOn(ledger, papers, document);
      return document.format === 'UBL' ? renderUbl(invoice) : rendered(invoicePaper(invoice), document);
    }
    case 'CREDIT_TRANSFERS':
    case 'DIRECT_DEBITS': {
      const file = paymentsOn(papers, document);
      if (document.format === 'CSV') return renderCsv(paymentPaper(file));
      return file.way === 'CREDIT_TRANSFER' ? renderCreditTransfer(file) : renderDirectDebit(file);
    }
  }
}

async function rendered(paper: Paper, { format }: SettlementDocument): Promise<Buffer> {
  if (format === 'CSV') return renderCsv(paper);
  return format === 'XLSX' ? renderXlsx(paper) : renderPdf(paper);
}

async function statementOn(
  ledger: PaperLedger,
  papers: Papers,
  { party = null, format }: SettlementDocument,
): Promise<Paper> {
  const statement = await drawUp(ledger, papers, party);
  const page = { after: FROM_THE_START, limit: CLAIMS_MAX };
  // Print holds no single claims, so none are read for it.
  const claims = format === 'PDF' ? null : await readStatementClaims(ledger, statement, page);
  const setting = { nameOf: (id: typeof party) => papers.partyOf(id).name, timeZone: papers.book.timeZone };
  return statementPaper(statement, claims, setting);
}

async function invoiceOn(ledger: PaperLedger, papers: Papers, { pair }: SettlementDocument): Promise<Invoice> {
  const total = papers.totals.find((one) => one.pair === pair)!;
  const groups = groupsOf(total, await loadClaimGroups(ledger.database.pool, papers.cycle.id, [total.pair]));
  const { cycle, partyOf, book } = papers;
  const { timeZone, disputeWindowDays } = book;
  return invoiceOf(total, groups, { cycle, timeZone, disputeWindowDays, partyOf })!;
}

function paymentsOn(
  { cycle, payments, detailsOf, book }: Papers,
  { kind, currency = '' }: SettlementDocument,
): PaymentFile {
  const way = kind === 'CREDIT_TRANSFERS' ? 'CREDIT_TRANSFER' : 'DIRECT_DEBIT';
  return paymentFile(payments, { cycle, way, currency, executeOn: dueDay(cycle, book), detailsOf });
}
