import { referenceFile, schemaFaults, xmlSchema } from '../../testkit/schema-check';
import { bankStatement } from '../../testkit/bank-statement';
import { readCamt } from './read-camt';

const sample = referenceFile('camt053.v8.sample.xml');
const withSample = sample === undefined ? it.skip : it;
const entries = [
  { endToEndId: 'STL-3-A', amount: '6.57', direction: 'DBIT' as const, bankRef: 'B-1' },
  { endToEndId: 'STL-3-B', amount: '1.46', direction: 'CRDT' as const, bankRef: 'B-2' },
];

describe('a statement of the bank', () => {
  withSample('that others wrote is read', () => {
    expect(readCamt(sample!)).toEqual({
      entries: [
        {
          ...{ endToEndId: 'MUELL/FINP/RA12345', amount: '0', currency: 'SEK', direction: 'CREDIT' },
          ...{
            isBooked: true,
            isReversal: false,
            bookedOn: '2014-12-31',
            iban: null,
            bankRef: 'AAAASESS-FP-CN_98765/01',
          },
        },
      ],
    });
  });

  for (const name of ['camt.053.001.08', 'camt.054.001.08']) {
    const schema = xmlSchema(`${name}.xsd`);
    (schema === undefined ? it.skip : it)(`as these tests write it is a valid ${name}`, async () => {
      const notification = name.startsWith('camt.054');
      expect(await schemaFaults(bankStatement(entries, { notification }), schema!)).toEqual([]);
    });
  }

  it('and a notification say the same; several transactions of one entry are told apart', () => {
    const read = (text: string) => {
      const it = readCamt(text);
      return 'entries' in it ? it.entries.map(({ endToEndId, amount, bankRef }) => [endToEndId, amount, bankRef]) : it;
    };
    const told = entries.map(({ endToEndId, amount, bankRef }) => [endToEndId, amount, bankRef]);
    expect(read(bankStatement(entries))).toEqual(told);
    expect(read(bankStatement(entries, { notification: true }))).toEqual(told);
    expect(read(bankStatement(entries, { inOneEntry: true }))).toEqual(told);
  });

  it('of an older version has its status as text and a name before each element', () => {
    const old = bankStatement(entries)
      .replaceAll('<Sts><Cd>BOOK</Cd></Sts>', '<Sts>BOOK</Sts>')
      .replace('001.08', '001.02')
      .replace(/<(\/?)(?=[A-Z])/g, '<$1b:')
      .replace('xmlns=', 'xmlns:b=');
    const read = readCamt(old);
    expect('entries' in read && read.entries.map(({ isBooked, currency }) => [isBooked, currency])).toEqual([
      [true, 'EUR'],
      [true, 'EUR'],
    ]);
  });
});

describe('a text that is no statement', () => {
  it.each([
    ['document type', '<!DOCTYPE x [<!ENTITY a "b">]><Document/>'],
    ['well-formed', '<Document><BkToCstmrStmt></Document>'],
    ['neither', '<Document><CstmrCdtTrfInitn/></Document>'],
    ['well-formed', ''],
  ])('is refused for what it is: %s', (why, text) => {
    const read = readCamt(text);
    expect('fault' in read ? read.fault : '').toContain(why);
  });
});
