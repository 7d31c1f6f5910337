import { getOperationAST, Kind, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { subgraphUnavailable } from '../../kernel/graph/fault';
import type { Logger } from '../../kernel/telemetry/log';
import { isAudited, isPerson, type AuditedOperation, type AuditLog } from '../auth/audit-log';
import { personalFields, selectsPersonal } from './personal-fields';
import type { Run } from './pipeline';

/** Sees to it that what people do and read is written down before it happens. */
export class AuditTrail {
  private readonly personal: ReadonlySet<string>;
  private readonly aboutPeople = new WeakMap<DocumentNode, boolean>();

  constructor(
    private readonly log: AuditLog,
    private readonly options: { readonly schema: GraphQLSchema; readonly supergraphSdl: string; readonly log: Logger },
  ) {
    this.personal = personalFields(options.supergraphSdl);
  }

  /** Does a piece of work, with a line before and a line after it where they are due. */
  async around(run: Run, work: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    const operation = this.operationOf(run);
    if (operation === null) return work();
    await this.before(operation);
    const result = await work();
    const codes = (result.errors ?? []).map(({ extensions }) => String(extensions['code']));
    // It happened, and its first line stands: a client must not be told that it failed.
    await this.log.answered(operation, codes).catch((error: unknown) => this.complain(run, error));
    return result;
  }

  /** Whether an operation is to be written down: it must then be run for each who asks. */
  concerns(run: Run): boolean {
    return this.operationOf(run) !== null;
  }

  /** Writes the line before a subscription. */
  async begins(run: Run): Promise<void> {
    const operation = this.operationOf(run);
    if (operation !== null) await this.before(operation);
  }

  private async before(operation: AuditedOperation): Promise<void> {
    try {
      await this.log.asked(operation);
    } catch (error) {
      this.options.log.error({ event: 'gateway.audit.unwritten', requestId: operation.requestId, err: error });
      throw subgraphUnavailable();
    }
  }

  /** Null when nothing of it is to be written. */
  private operationOf({ document, operationName, context }: Run): AuditedOperation | null {
    if (!isPerson(context.principal)) return null;
    const definition = getOperationAST(document, operationName);
    const selections = definition?.selectionSet.selections ?? [];
    const operation: AuditedOperation = {
      requestId: context.requestId,
      principal: context.principal,
      kind: definition?.operation ?? 'query',
      operationName: definition?.name?.value ?? null,
      roots: selections.map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : '…')),
      isPersonal: this.isPersonal(document),
    };
    return isAudited(operation) ? operation : null;
  }

  private isPersonal(document: DocumentNode): boolean {
    let known = this.aboutPeople.get(document);
    if (known === undefined) {
      known = selectsPersonal(this.options.schema, document, this.personal);
      this.aboutPeople.set(document, known);
    }
    return known;
  }

  private complain({ context }: Run, error: unknown): void {
    this.options.log.error({ event: 'gateway.audit.unfinished', requestId: context.requestId, err: error });
  }
}
