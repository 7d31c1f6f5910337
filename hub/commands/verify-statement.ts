import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../../kernel/errors/fault';
import { Failed, print, tell } from '../console';
import { checkStatement } from '../statement-check/check-statement';
import { microsPerMinorOf } from '../statement-check/minor-units';
import { readPackage, type ReadPackage } from '../statement-check/package-file';

/** `hub verify-statement`: a partner's statement from a closing package alone. */
export function verifyStatementCommand(): Command {
  return new Command('verify-statement')
    .description(
      'Reckons a partner’s statement and net from a closing package alone, checks its seals and its signature, and says what differs.',
    )
    .argument('<package>', 'the file that hub package wrote')
    .requiredOption('--partner <partner>', 'whose statement: the partner’s id, or its code')
    .option('--key <x>', 'the public key the package must be signed with (x of its JWK), as known from elsewhere')
    .action((file: string, { partner, key }: { partner: string; key?: string }) => {
      const read = readFile(resolve(file));
      const faults = [...read.faults];
      if (key !== undefined && key !== read.key.publicKey) faults.push('the head (line 1): signed with another key');
      if (key === undefined)
        tell(`signed with the key ${read.key.id} (${read.key.publicKey}); --key holds it to one you know`);
      // What is not as it was signed is not worth reckoning.
      report(faults);
      const { partners } = read.head;
      if (!partners.some(({ id, code }) => partner === id || partner === code)) {
        const known = partners.map(({ code }) => code).join(', ');
        throw new Fault('HUB_PARTNER_UNKNOWN', `The package knows no partner ${partner}; it knows ${known}.`);
      }
      const checked = inWords(() => checkStatement(read, partner, microsPerMinorOf));
      const codeOf = (party: string) => read.head.partners.find(({ id }) => id === party)?.code ?? party;
      const money = (minor: bigint) => moneyInWords(minor, read.head);
      for (const { debtor, creditor, lines, billedMinor } of checked.pairs)
        print(
          `${codeOf(debtor)} owes ${codeOf(creditor)}: ${money(billedMinor)} in ${lines} ${lines === 1 ? 'line' : 'lines'}`,
        );
      print(`net of ${codeOf(checked.partner)} (${checked.partner}): ${money(checked.netMinor)}`);
      report(checked.differences);
      print('The package is whole and signed, and its statement follows from its records.');
    });
}

/** Minor units as an amount of their currency: 816 of EUR is `8.16 EUR`. */
function moneyInWords(minor: bigint, { currency, microsPerMinor }: ReadPackage['head']): string {
  const places = 6 - (microsPerMinor.toString().length - 1);
  const digits = `${minor < 0n ? -minor : minor}`.padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${minor < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`} ${currency}`;
}

/** Says what differs, if anything does, and ends there. */
function report(differences: readonly string[]): void {
  for (const difference of differences) print(`DIFFERS ${difference}`);
  if (differences.length > 0) throw new Failed();
}

function readFile(file: string): ReadPackage {
  return inWords(() => readPackage(readFileSync(file, 'utf8')));
}

/** What cannot be read or found is told in words. */
function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Fault('HUB_PACKAGE_UNREADABLE', (cause as Error).message, { cause });
  }
}
