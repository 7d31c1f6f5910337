/** How large a coalition is written. */
export const SCALES = {
  small: { members: 20, days: 14, visitsADay: 4 },
  demo: { members: 200, days: 90, visitsADay: 12 },
  large: { members: 5_000, days: 365, visitsADay: 300 },
} as const;
export type Scale = keyof typeof SCALES;
