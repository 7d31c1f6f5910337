/** Where a reader of other subgraphs' feeds keeps its places. */
export const INBOX_DDL = `
create table inbox_cursor (
  feed text primary key,
  position text,
  handled bigint not null default 0,
  updated_at timestamptz not null default now()
);`;
