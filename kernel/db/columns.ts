import type { ValueTransformer } from 'typeorm';

/**
 * For `@Column({ type: 'bigint', transformer: bigintColumn })`: a JavaScript bigint on our side, exact both ways.
 *
 * It works in save, find and where, but not in raw queries and `getRawOne`, where a bigint arrives as a string: write
 * `BigInt(row.amount)` there. `jsonb` needs nothing (objects both ways, but a bigint inside must be written as a string);
 * `bytea` needs nothing (a Buffer both ways).
 */
export const bigintColumn: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  from: (value: string | null) => (value === null ? null : BigInt(value)),
};
