/** One thing looked at. */
export interface Examined {
  readonly state: 'ok' | 'warn' | 'fail';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}
