import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a small replay folder: ten members, two brands, three weeks, and four rows that cannot be used. */
export function writeSmallFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const members = Array.from({ length: 10 }, (_, number) => `s-${number}`);
  const purchases = members.flatMap((member, number) =>
    Array.from({ length: 6 }, (_, visit) => {
      const day = String(1 + ((number + visit * 3) % 21)).padStart(2, '0');
      const partner = (number + visit) % 2 === 0 ? 'A' : 'B';
      return `p-${number}-${visit},${member},${partner},b1,2017-03-${day}T1${visit}:30:00,USD,${visit * 4}.75`;
    }),
  );
  const redemptions = members.map(
    (member, number) => `r-${number},${member},${number % 2 === 0 ? 'B' : 'A'},2017-03-${10 + number}`,
  );
  const files = {
    'partners.csv': ['partner_id,name', 'A,Apples', 'B,Books'],
    'members.csv': ['member_id', ...members, 's-without-events', 's-0'],
    'purchases.csv': [
      'purchase_id,member_id,partner_id,branch_id,occurred_at,currency,amount',
      ...purchases,
      'bad-1,nobody,A,b1,2017-03-01T10:00:00,USD,5.00',
      'bad-2,s-1,A,b1,2017-03-41T10:00:00,USD,5.00',
    ],
    'redemptions.csv': ['redemption_id,member_id,partner_id,redeemed_on', ...redemptions, 'bad-3,s-1,Z,2017-03-09'],
  };
  for (const [name, lines] of Object.entries(files)) writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}

/** What is in each file of a folder, by its name. */
export function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The lines of a CSV file after its first, in an order that does not matter. */
export function sortedRows(text: string): string[] {
  return text.trim().split(/\r?\n/).slice(1).sort();
}
