const NAME = /^\s*\/\* ([a-z][A-Za-z0-9-]*)\.([a-z][A-Za-z0-9-]*)\.([a-z][A-Za-z0-9-]*) \*\//;

/**
 * A statement under its name, as in sql`…` with a text that opens with the comment `ledger.redeemPoints.lockWallet`.
 * Values go in as `$1`, `$2`, never by interpolation: a placeholder does not compile.
 *
 * The name (subgraph, use case, step) is how a statement is found again in `pg_stat_activity`, in slow-query logs and in
 * our own log, which never shows parameters.
 *
 * @throws Error when the module loads, if the statement has no name
 */
export function sql(text: TemplateStringsArray): string {
  const statement = text[0] ?? '';
  assertNamed(statement);
  return statement;
}

/** @throws Error unless the statement opens with the comment that names it: `subgraph.useCase.step` */
export function assertNamed(statement: string): void {
  if (!NAME.test(statement)) {
    throw new Error(
      `A statement opens with its name, /* subgraph.useCase.step */; this one: ${statement.trim().slice(0, 60)}`,
    );
  }
}
