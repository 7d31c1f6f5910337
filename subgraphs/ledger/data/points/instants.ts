/** An instant as a rule sees it: rows say `infinity` for never, which the driver reads as a number. */
export function instantOrNull(stored: Date | number | null): Date | null {
  return stored instanceof Date ? stored : null;
}
