import { createHash, randomBytes } from 'node:crypto';
import type { Id } from '../../../kernel/values/id';

/** 256 bits: nobody guesses it, so a fast hash of it is enough, and the gateway checks a key in microseconds. */
const SECRET_BYTES = 32;

/**
 * Makes the text of a key: `hub_live_` or `hub_test_`, the id's 32 hexadecimal digits, `_`, 43 base64url characters. The
 * beginning lets people and secret scanners see what it is, and that a toy key went into a real till.
 */
export function makeKeyText(id: Id<'key'>, { isSandbox }: { isSandbox: boolean }): string {
  return `hub_${isSandbox ? 'test' : 'live'}_${id.slice('key_'.length)}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** What is stored instead of the text: SHA-256 of the whole of it, in hexadecimal digits. */
export function hashOfKeyText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
