/** The largest whole number a reader of the rule book takes: 18 decimal digits, within a database's 64 bits. */
export const ANNOUNCED_MAX = 999_999_999_999_999_999n;
