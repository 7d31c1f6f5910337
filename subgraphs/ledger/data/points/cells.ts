/** A column's type: PostgreSQL's own name of it; `instant` for times, which are given to the millisecond. */
export type ColumnType = 'smallint' | 'integer' | 'bigint' | 'uuid' | 'text' | 'jsonb' | 'bytea' | 'instant';

/** Columns of a table by name, with their types, in the order their values are given. */
export type Columns = Readonly<Record<string, ColumnType>>;

/**
 * One value as it is given: an instant in milliseconds since 1970, bytes and UUIDs as hexadecimal digits, JSON as its text, whole numbers
 * as digits or as themselves.
 */
export type Cell = string | number | bigint | null;
/** The values of one row, in the order of the columns. */
export type Cells = readonly Cell[];
