/** One movement for a statement that a test makes up. */
export interface MadeEntry {
  readonly endToEndId: string;
  readonly amount: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly currency?: string;
  readonly bankRef?: string;
  readonly status?: string;
}

/** A camt.053.001.08 of these movements, or the camt.054 of the same. */
export function bankStatement(
  entries: readonly MadeEntry[],
  {
    iban = 'PL61109010140000071219812874',
    notification = false,
    inOneEntry = false,
  }: { iban?: string; notification?: boolean; inOneEntry?: boolean } = {},
): string {
  const [message, part] = notification ? ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'] : ['BkToCstmrStmt', 'Stmt'];
  const balance = notification
    ? ''
    : '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>' +
      '<Dt><Dt>2026-04-22</Dt></Dt></Bal>';
  const booked = inOneEntry
    ? entryOf({ endToEndId: '', amount: '0', direction: 'DBIT' }, entries.map(detailsOf).join(''))
    : entries.map((entry) => entryOf(entry, detailsOf(entry))).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.05${notification ? 4 : 3}.001.08"><${message}>` +
    `<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-04-22T18:00:00Z</CreDtTm></GrpHdr>` +
    `<${part}><Id>S-1</Id><Acct><Id><IBAN>${iban}</IBAN></Id></Acct>${balance}${booked}</${part}></${message}></Document>`
  );
}

function entryOf({ amount, currency = 'EUR', direction, status = 'BOOK' }: MadeEntry, details: string): string {
  return (
    `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>${status}</Cd></Sts>` +
    `<BookgDt><Dt>2026-04-22</Dt></BookgDt><BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd>` +
    `<NtryDtls>${details}</NtryDtls></Ntry>`
  );
}

function detailsOf({ endToEndId, amount, currency = 'EUR', direction, bankRef }: MadeEntry): string {
  const ref = bankRef === undefined ? '' : `<AcctSvcrRef>${bankRef}</AcctSvcrRef>`;
  return (
    `<TxDtls><Refs>${ref}<EndToEndId>${endToEndId}</EndToEndId></Refs>` +
    `<Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd></TxDtls>`
  );
}
