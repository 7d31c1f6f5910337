import { BankStatementMutation } from './bank-statement.mutation';
import {
  DocumentQuery,
  SettlementDocumentFields,
  SettlementStatementFields,
  StatementPairFields,
} from './document.query';

/** Everything of the graph that is about the papers of a cycle. */
export const documentResolvers = [
  DocumentQuery,
  BankStatementMutation,
  SettlementDocumentFields,
  SettlementStatementFields,
  StatementPairFields,
] as const;
