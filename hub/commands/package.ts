import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { PartnerId } from '../../kernel/values/id';
import { Fault } from '../../kernel/errors/fault';
import { issuerOf, mintToken, readPartners } from '../client/credentials';
import { findProgramme } from '../client/found-programme';
import { GraphConnection } from '../client/graph';
import { fetchPackage } from '../client/fetch-package';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { print, tell } from '../console';
import { cycleMeant } from '../documents/write-documents';
import { outFile } from '../out-file';

/** `hub package`: the closing package of a cycle as a file. */
export function packageCommand(): Command {
  return new Command('package')
    .description('Writes the closing package of a cycle, from NETTED on, for hub verify-statement.')
    .argument('<cycle>', 'the cycle’s id, or latest')
    .requiredOption('--out <file>', 'where to write it')
    .option('--programme <key>', 'the programme it belongs to', 'demo')
    .option('--partner <code>', 'only the sections this partner is a party of, as it would get them itself')
    .action(async (cycle: string, flags: { out: string; programme: string; partner?: string }) => {
      const file = outFile(flags.out);
      const hub = await openHub({ config: readHubConfig(), port: 0, onProgress: tell });
      const connection = new GraphConnection(hub.url);
      try {
        const issuer = issuerOf(hub);
        const found = await findProgramme(connection, issuer, flags.programme);
        if (found === null) throw new Fault('HUB_PROGRAMME_UNKNOWN', `There is no programme ${flags.programme}.`);
        let reader = found.admin;
        if (flags.partner !== undefined) {
          const partner = (await readPartners(found.admin)).find(({ code }) => code === flags.partner);
          if (partner === undefined)
            throw new Fault('HUB_PARTNER_UNKNOWN', `${flags.programme} has no partner ${flags.partner}.`);
          const grant = { role: 'staff', programme: found.id, partner: partner.id as PartnerId } as const;
          reader = connection.as(await mintToken(issuer, grant));
        }
        const text = await fetchPackage(reader, await cycleMeant(found.admin, cycle, 'NETTED'));
        writeFileSync(file, text);
        print(`${flags.out}: ${text.split('\n').length - 2} records`);
      } finally {
        await connection.close();
        await hub.close();
      }
    });
}
