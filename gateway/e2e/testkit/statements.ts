import { HubDatabases } from '../../../hub/composition/databases';
import type { HubConfig } from '../../../hub/composition/config';
import { openSecrets } from '../../../hub/composition/secrets';
import { definitions } from '../../../hub/definitions';
import { FaultyProxy, type AnswerReader } from '../../../kernel/testkit/faulty-proxy';

/** Counts how often a statement, found by its name, goes from the ledger to its database. */
export class Statements {
  private readonly counts = new Map<string, number>();
  private readonly opened: FaultyProxy[] = [];

  constructor(private readonly names: readonly string[]) {}

  /** The ledger's configuration, its database reached past this counter. */
  async between(config: HubConfig): Promise<HubConfig> {
    const definition = definitions.find(({ name }) => name === 'ledger')!;
    // Other parts keep the server; this one leaves it before their folder is removed.
    const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners: ['ledger'] });
    await databases.migrate(definition);
    const url = await databases.urlOf('ledger');
    await databases.close();
    const { hostname: host, port } = new URL(url);
    const proxy = await FaultyProxy.open({ host, port: Number(port), reader: () => this.reader() });
    this.opened.push(proxy);
    return { ...config, databaseUrls: { ...config.databaseUrls, ledger: proxy.through(url) } };
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  async close(): Promise<void> {
    for (const one of this.opened.splice(0)) await one.close();
  }

  private reader(): AnswerReader {
    const longest = Math.max(...this.names.map(({ length }) => length));
    let rest = '';
    return {
      asked: (bytes) => {
        const text = rest + bytes.toString('latin1');
        for (const name of this.names) {
          // What lies in the rest alone was counted with the bytes before.
          for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
            if (at + name.length > rest.length) this.counts.set(name, this.count(name) + 1);
        }
        rest = text.slice(-longest);
      },
      isAnswer: () => false,
    };
  }
}
