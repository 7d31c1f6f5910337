import type { Database } from '../../kernel/db/database';

/** A document the operator stands behind: its clients may name it instead of sending it. */
export interface TrustedDocument {
  /** SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal. */
  readonly id: string;
  readonly text: string;
  /** The program it was published for, such as `portal`. */
  readonly client: string;
  /** What it is called there, such as the file it stood in. */
  readonly name: string;
}

/** One line of the list of trusted documents. */
export interface ListedDocument extends Omit<TrustedDocument, 'text'> {
  readonly publishedAt: Date;
  /** Since when it is not trusted any more; null: it is. */
  readonly retiredAt: Date | null;
}

/** The text of a trusted document; null when there is none of this id, or it was retired. */
export async function findDocument(database: Database, id: string): Promise<string | null> {
  const { rows } = await database.pool.query<{ text: string }>(
    '/* gateway.trustedDocument.find */ select text from trusted_document where id = $1 and retired_at is null',
    [id],
  );
  return rows[0]?.text ?? null;
}

/** Trusts documents from now on; one that was retired is trusted again. */
export async function publishDocuments(database: Database, documents: readonly TrustedDocument[]): Promise<void> {
  const column = (name: keyof TrustedDocument) => documents.map((document) => document[name]);
  await database.pool.query(
    `/* gateway.trustedDocument.publish */
     insert into trusted_document (id, text, client, name)
     select distinct on (id) * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (id, text, client, name)
     on conflict (id) do update set retired_at = null, client = excluded.client, name = excluded.name`,
    [column('id'), column('text'), column('client'), column('name')],
  );
}

/** Trusts a document no more. Answers whether it was trusted. */
export async function retireDocument(database: Database, id: string): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    '/* gateway.trustedDocument.retire */ update trusted_document set retired_at = now() where id = $1 and retired_at is null',
    [id],
  );
  return rowCount === 1;
}

/** All documents that were ever published, by client and name. */
export async function listDocuments(database: Database): Promise<ListedDocument[]> {
  const { rows } = await database.pool.query<ListedDocument>(
    `/* gateway.trustedDocument.list */
     select id, client, name, published_at as "publishedAt", retired_at as "retiredAt"
       from trusted_document order by client, name, id`,
  );
  return rows;
}
