import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { checkStatement } from './check-statement';
import { microsPerMinorOf } from './minor-units';
import { readPackage } from './package-file';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

// A>C of the settlement model's own example: 301 points of which A pays 40 %, and 899 of A's own, at 0.008: 0.9632 and 7.192.
const lot = {
  ...{ settlementModel: 'AT_REDEMPTION', contractVersion: 1, issuanceMicros: '0', reserveMicros: '8000' },
  ...{ feeMicros: '500', prefundBps: 0, breakageShareBps: 0 },
};
const line = (n: number, micros: string, billedMinor: string, change: object) => ({
  ...{ record: 'line', n, kind: 'REDEMPTION', micros, billedMinor, isDisputed: false, outcomeOf: null, spent: null },
  ...{ redeemer: 'ptr_c', contractVersion: 1, perPointMicros: '8000', event: { member: 'x', kind: 'REDEEM' } },
  ...change,
});
const joint = [
  { party: 'ptr_a', bps: 4_000 },
  { party: 'ptr_b', bps: 6_000 },
];
const pair = [
  {
    ...{ record: 'total', debtor: 'ptr_a', creditor: 'ptr_c', exactMicros: '8155200', suspenseMicros: '0' },
    ...{ carryInMicros: '0', billedMinor: '816', carryMicros: '-4800' },
    prices: [{ partner: 'ptr_c', version: 1, reimbursementMicros: '8000' }],
  },
  line(1, '963200', '97', { points: '301', lot: { ...lot, funding: joint } }),
  line(2, '7192000', '719', { points: '899', lot: { ...lot, funding: [{ party: 'ptr_a', bps: 10_000 }] } }),
];
const net = {
  ...{ record: 'net', party: 'ptr_c', netMinor: '816', carryInMinor: '0', carryOutMinor: '0', payMinor: '816' },
  ...{ payCurrency: 'PLN', payAmountMinor: '3474', rate: '4.2575' },
};

/** A package of sections, sealed and signed as the hub does. */
function packageOf(sections: Readonly<Record<string, readonly object[]>>): string {
  const records = Object.entries(sections).map(([section, contents]) => {
    const texts = contents.map((content) => JSON.stringify(content));
    return { section, texts, hashes: texts.map(sha) };
  });
  const head = JSON.stringify({
    ...{ cycle: 'cyc_1', number: 1, currency: 'EUR', microsPerMinor: '10000' },
    partners: ['a', 'b', 'c'].map((name) => ({ id: `ptr_${name}`, code: name.toUpperCase() })),
    sections: records.map(({ section, hashes }) => ({
      ...{ section, records: hashes.length, hash: sha(hashes.join('')) },
    })),
  });
  const key = { id: 'k', publicKey: publicKey.export({ format: 'jwk' }).x };
  const lines = records.flatMap(({ section, texts, hashes }) =>
    texts.map((record, n) => JSON.stringify({ hash: hashes[n], record, section })),
  );
  const signature = sign(null, Buffer.from(head), privateKey).toString('base64url');
  return [JSON.stringify({ head, key, signature }), ...lines, ''].join('\n');
}
const good = packageOf({ 'ptr_a>ptr_c': pair, 'net ptr_c': [net] });
const check = (text: string, partner = 'C') => checkStatement(readPackage(text), partner, microsPerMinorOf);
const changed = (place: number, change: object) =>
  packageOf({ 'ptr_a>ptr_c': pair.map((one, n) => (n === place ? { ...one, ...change } : one)), 'net ptr_c': [net] });

describe('a statement, from the closing package alone', () => {
  it('is reckoned for the partner by its id or code: lines, total, net, and what is paid for it', () => {
    expect(readPackage(good).faults).toEqual([]);
    expect(check(good)).toMatchObject({ netMinor: 816n, differences: [], pairs: [{ lines: 2, billedMinor: 816n }] });
    expect(check(good, 'ptr_c').differences).toEqual([]);
    expect(check(good, 'B')).toMatchObject({ netMinor: 0n, pairs: [] });
    expect(() => check(good, 'Z')).toThrow('knows no partner Z');
  });

  it.each([
    ['a claim', changed(1, { micros: '963201' }), 'micros of line 1 (REDEMPTION)'],
    ['a share of rounding', changed(2, { billedMinor: '720' }), 'billedMinor of line 2'],
    ['a sum', changed(0, { exactMicros: '8155201' }), 'exactMicros'],
    ['a rounding', changed(0, { billedMinor: '815' }), 'billedMinor of ptr_a>ptr_c'],
    ['a carry', changed(0, { carryMicros: '4800' }), 'carryMicros'],
    [
      'a price',
      changed(0, { prices: [{ partner: 'ptr_c', version: 1, reimbursementMicros: '8001' }] }),
      'micros of line 2',
    ],
    ['a net', packageOf({ 'ptr_a>ptr_c': pair, 'net ptr_c': [{ ...net, netMinor: '815' }] }), 'netMinor of ptr_c'],
    [
      'a payment',
      packageOf({ 'ptr_a>ptr_c': pair, 'net ptr_c': [{ ...net, payAmountMinor: '3475' }] }),
      'payAmountMinor',
    ],
  ])('says so when the hub itself signed %s that does not follow', (_, text, told) => {
    expect(readPackage(text).faults).toEqual([]);
    expect(check(text).differences.join('\n')).toContain(told);
  });

  it.each([
    ['as it is made of', '12', []],
    ['that is not what it is made of', '13', ['carryInMinor of ptr_c: the package says -6, its records give -7']],
  ])('has what comes on top of its net %s', (_, borneMinor, differences) => {
    const carryInParts = { leftMinor: '2', fromDepositMinor: '4', shares: [{ partner: 'ptr_a', borneMinor }] };
    const borne = { ...net, carryInMinor: '-6', payMinor: '810', payAmountMinor: '3449', carryInParts };
    expect(check(packageOf({ 'ptr_a>ptr_c': pair, 'net ptr_c': [borne] })).differences).toEqual(differences);
  });

  it.each([
    ['-200', 0],
    ['-202', 0],
    ['-203', 1],
  ])(
    'takes a part of a joint fee of %s micro-units for what was left of its lot within two of them',
    (micros, found) => {
      const event = { member: 'x', kind: 'CLAWBACK' };
      // One point of 501 micro-units, of which A pays 40 %: 200.4 alone, and what it is with the rest the package does not tell.
      const part = line(1, micros, '0', {
        ...{ kind: 'PROGRAMME_FEE_CREDIT', points: '1', event, lot: { ...lot, feeMicros: '501', funding: joint } },
        ...{ redeemer: null, perPointMicros: null },
      });
      const total = {
        ...{ record: 'total', debtor: 'ptr_a', creditor: 'hub', exactMicros: micros, suspenseMicros: '0' },
        ...{ carryInMicros: '0', billedMinor: '0', carryMicros: micros, prices: [] },
      };
      const told = check(packageOf({ 'ptr_a>hub': [total, part] }), 'A').differences;
      expect(told.filter((one) => one.startsWith('micros of line 1'))).toHaveLength(found);
      if (found === 0) expect(told).toEqual([]);
    },
  );

  it('names the record in which any one byte was changed', () => {
    const lines = good.split('\n');
    for (const [place, text] of lines.slice(0, -1).entries()) {
      for (let at = 0; at < text.length; at += 7) {
        const digit = text[at] === '3' ? '4' : '3';
        const broken = [...lines];
        broken[place] = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
        expect({ at, told: told(broken.join('\n')) }).toEqual({
          at,
          told: expect.stringMatching(/line \d|section/) as string,
        });
        if (place > 0) expect(told(broken.join('\n'))).toMatch(new RegExp(`line ${place + 1}|section`));
      }
    }
  });

  it('names the first line of a section that the head does not name', () => {
    const lines = good.split('\n');
    const moved = lines.map((text, n) => (n === 2 || n === 3 ? text.replace('ptr_a>ptr_c', 'ptr_a>ptr_b') : text));
    expect(told(moved.join('\n'))).toContain('section ptr_a>ptr_b (from line 3): the head does not name it');
  });

  it('misses a record that was left out, and one that was put in', () => {
    const lines = good.split('\n');
    expect(told([...lines.slice(0, 2), ...lines.slice(3)].join('\n'))).toContain('2 records, and the head says 3');
    expect(told([...lines.slice(0, 2), lines[2], ...lines.slice(2)].join('\n'))).toContain('4 records');
    expect(check(lines.slice(0, 1).join('\n')).differences).toContain('section ptr_a>ptr_c is missing');
  });
});

/** What a reader is told of a broken file: where it cannot be read, or which of its records do not fit. */
function told(text: string): string {
  try {
    return readPackage(text).faults.join('\n');
  } catch (error) {
    return (error as Error).message;
  }
}
