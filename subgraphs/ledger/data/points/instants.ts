/** A lot's expiry as a rule sees it: rows say `infinity` for never, which the driver reads as a number. */
export function lotExpiry(stored: Date | number | null): Date | null {
  return stored instanceof Date ? stored : null;
}
