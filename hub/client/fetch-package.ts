import { Fault } from '../../kernel/errors/fault';
import type { GraphCaller } from './graph';

interface PackageAnswer {
  readonly closingPackage: {
    readonly head: string;
    readonly signature: string;
    readonly key: { readonly id: string; readonly publicKey: string };
    readonly sections: readonly string[];
    readonly recordsAtOnce: number;
  } | null;
}
interface RecordsAnswer {
  readonly closingPackage: {
    readonly records: readonly { readonly section: string; readonly text: string; readonly hash: string }[];
  };
}

const HEAD = `query Package($cycleId: ID!) {
  closingPackage(cycleId: $cycleId) { head signature key { id publicKey } sections recordsAtOnce }
}`;
const RECORDS = `query Records($cycleId: ID!, $section: String!, $from: Int!) {
  closingPackage(cycleId: $cycleId) { records(section: $section, from: $from) { section text hash } }
}`;

/** A closing package as its file holds it: the head and its signature on the first line, then a record on each line. */
export async function fetchPackage(reader: GraphCaller, cycleId: string): Promise<string> {
  const { closingPackage } = await reader.ask<PackageAnswer>(HEAD, { cycleId });
  if (closingPackage === null)
    throw new Fault('HUB_PACKAGE_NOT_THERE', 'The cycle is not NETTED yet, or there is none of this id to be seen.');
  const { head, key, signature, sections, recordsAtOnce } = closingPackage;
  const lines = [JSON.stringify({ head, key: { id: key.id, publicKey: key.publicKey }, signature })];
  for (const section of sections) {
    for (let from = 0; ;) {
      const page = await reader.ask<RecordsAnswer>(RECORDS, { cycleId, section, from });
      const { records } = page.closingPackage;
      lines.push(...records.map(({ hash, text }) => JSON.stringify({ hash, record: text, section })));
      from += records.length;
      if (records.length < recordsAtOnce) break;
    }
  }
  return `${lines.join('\n')}\n`;
}
