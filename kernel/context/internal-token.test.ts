import { signInternal, verifyInternal } from './internal-token';
import type { RequestContext } from './request-context';

const SECRET = 's'.repeat(32);
const NOW = Date.parse('2026-03-01T10:00:00Z');

const context = (subject: string, requestId = 'req-1'): RequestContext => ({
  principal: { kind: 'host', subject },
  requestId,
  deadlineAt: new Date(NOW + 5_000),
  acceptLanguage: 'pl',
});
const signatureOf = (token: string): string => token.split('.').slice(0, 2).join('.');

describe('a signed request between processes', () => {
  it('arrives with all it was sent with', () => {
    const token = signInternal(SECRET, 'ledger', context('anna'), NOW);
    expect(verifyInternal(SECRET, 'ledger', token, NOW)).toEqual(context('anna'));
  });

  it('carries the signature of the caller’s last one for some seconds, and its own name', () => {
    const first = signInternal(SECRET, 'ledger', context('piotr', 'req-1'), NOW);
    const second = signInternal(SECRET, 'ledger', context('piotr', 'req-2'), NOW + 4_000);
    const later = signInternal(SECRET, 'ledger', context('piotr', 'req-3'), NOW + 6_000);
    expect(signatureOf(second)).toBe(signatureOf(first));
    expect(signatureOf(later)).not.toBe(signatureOf(first));
    expect(verifyInternal(SECRET, 'ledger', second, NOW + 4_000)?.requestId).toBe('req-2');
  });

  it('never carries another’s: not another caller’s, not one for another subgraph, not of another secret', () => {
    const tokens = [
      signInternal(SECRET, 'ledger', context('lena'), NOW),
      signInternal(SECRET, 'ledger', context('lena '), NOW),
      signInternal(SECRET, 'members', context('lena'), NOW),
      signInternal('t'.repeat(32), 'ledger', context('lena'), NOW),
    ];
    expect(new Set(tokens.map(signatureOf)).size).toBe(tokens.length);
  });

  it('is worth nothing once its time is over, however often it was found right before', () => {
    const token = signInternal(SECRET, 'ledger', context('ewa'), NOW);
    expect(verifyInternal(SECRET, 'ledger', token, NOW + 14_000)).not.toBeNull();
    expect(verifyInternal(SECRET, 'ledger', token, NOW + 16_000)).toBeNull();
  });

  it.each([
    ['another caller in it', (token: string) => token.replace(/^[^.]+/, encodedFor('mallory'))],
    [
      'a letter of its signature changed',
      (token: string) => token.replace(/\.(.)/, (_, one) => `.${one === 'A' ? 'B' : 'A'}`),
    ],
    ['no signature', (token: string) => token.replace(/\.[^.]+/, '.')],
    ['a part too few', signatureOf],
    ['a part too many', (token: string) => `${token}.x`],
  ])('is refused with %s', (_, change) => {
    const token = signInternal(SECRET, 'ledger', context('olga'), NOW);
    expect(verifyInternal(SECRET, 'ledger', token, NOW)).not.toBeNull();
    expect(verifyInternal(SECRET, 'ledger', change(token), NOW)).toBeNull();
  });
});

function encodedFor(subject: string): string {
  const envelope = { aud: 'ledger', exp: Math.floor(NOW / 1000) + 15, principal: { kind: 'host', subject } };
  return Buffer.from(JSON.stringify(envelope)).toString('base64url');
}
