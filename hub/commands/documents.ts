import { resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../../kernel/errors/fault';
import { issuerOf } from '../client/credentials';
import { findProgramme } from '../client/found-programme';
import { GraphConnection } from '../client/graph';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { print, tell } from '../console';
import { cycleMeant, writeDocuments } from '../documents/write-documents';

/** `hub documents`: the papers of a cycle as files. */
export function documentsCommand(): Command {
  return new Command('documents')
    .description('Writes the statements, invoices and payment files of a settlement cycle into a folder.')
    .argument('<cycle>', 'the cycle’s id, or latest')
    .requiredOption('--out <dir>', 'folder for the files')
    .option('--programme <key>', 'the programme it belongs to', 'demo')
    .action(async (cycle: string, { out, programme }: { out: string; programme: string }) => {
      const hub = await openHub({ config: readHubConfig(), port: 0, onProgress: tell });
      const connection = new GraphConnection(hub.url);
      try {
        const found = await findProgramme(connection, issuerOf(hub), programme);
        if (found === null) throw new Fault('HUB_PROGRAMME_UNKNOWN', `There is no programme ${programme}.`);
        const cycleId = await cycleMeant(found.admin, cycle);
        const { written, waiting } = await writeDocuments(found.admin, { cycleId, folder: resolve(out) });
        for (const { fileName, waitsFor } of waiting) tell(`${fileName} waits for details of ${waitsFor.join(', ')}`);
        print(JSON.stringify({ cycle: cycleId, written: written.length, waiting: waiting.length }));
      } finally {
        await connection.close();
        await hub.close();
      }
    });
}
