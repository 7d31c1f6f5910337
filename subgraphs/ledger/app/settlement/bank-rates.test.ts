import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { projectRoot } from '../../../../kernel/config/project-root';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { convert } from '../../core/settlement/conversion';

const code = (text: string) => text as CurrencyCode;

const file = resolve(projectRoot(), '..', 'shared', 'data', 'fx', 'expected_conversions.csv');
const isThere = existsSync(file);
if (!isThere) process.stderr.write('Conversions are not compared with the bank’s: ../shared/data/fx is not here.\n');
(isThere ? it : it.skip)('converts as the European Central Bank’s rates say', () => {
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const compared = rows.flatMap((row) => {
    const [, , from = '', to = '', amount = '', rate = '', halfEven = ''] = row.trim().split(',');
    const minor = (text: string) => BigInt(text.replace('.', ''));
    const { amountMinor } = convert(minor(amount), { from: code(from), to: code(to), rate });
    return [[row, amountMinor, minor(halfEven)]];
  });
  expect(compared.length).toBeGreaterThan(100);
  expect(compared.filter(([, mine, theirs]) => mine !== theirs)).toEqual([]);
});
