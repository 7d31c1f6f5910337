import { decimalOf } from '../../../core/documents/paper';
import type { PartyDetails } from '../../../core/documents/party-details';
import type { Instruction, PaymentFile } from '../../../core/documents/payments';
import { xmlOf, type XmlValue } from './xml';

const ISO = 'urn:iso:std:iso:20022:tech:xsd';

/** Credit transfers to net creditors, as ISO 20022 pain.001.001.09. */
export function renderCreditTransfer(file: PaymentFile): Buffer {
  const { operator, instructions } = file;
  return xmlOf({
    Document: {
      '@xmlns': `${ISO}:pain.001.001.09`,
      CstmrCdtTrfInitn: {
        GrpHdr: headerOf(file),
        PmtInf: {
          PmtInfId: file.messageId,
          PmtMtd: 'TRF',
          NbOfTxs: instructions.length.toString(),
          CtrlSum: decimalOf(file.totalMinor, file.currency),
          PmtTpInf: isSepa(file) ? { SvcLvl: { Cd: 'SEPA' } } : null,
          ReqdExctnDt: { Dt: file.executeOn },
          Dbtr: partyOf(operator),
          DbtrAcct: accountOf(operator),
          DbtrAgt: agentOf(operator),
          ChrgBr: chargesOf(file),
          CdtTrfTxInf: instructions.map((one) => ({
            PmtId: { EndToEndId: one.endToEndId },
            Amt: { InstdAmt: amountOf(one) },
            CdtrAgt: one.counterparty.bic === null ? null : agentOf(one.counterparty),
            Cdtr: partyOf(one.counterparty),
            CdtrAcct: accountOf(one.counterparty),
            RmtInf: { Ustrd: one.endToEndId },
          })),
        },
      },
    },
  });
}

/** Direct debits from net debtors, as ISO 20022 pain.008.001.08, by the mandates they signed. */
export function renderDirectDebit(file: PaymentFile): Buffer {
  const { operator, instructions } = file;
  return xmlOf({
    Document: {
      '@xmlns': `${ISO}:pain.008.001.08`,
      CstmrDrctDbtInitn: {
        GrpHdr: headerOf(file),
        PmtInf: {
          PmtInfId: file.messageId,
          PmtMtd: 'DD',
          NbOfTxs: instructions.length.toString(),
          CtrlSum: decimalOf(file.totalMinor, file.currency),
          PmtTpInf: { ...(isSepa(file) ? { SvcLvl: { Cd: 'SEPA' }, LclInstrm: { Cd: 'B2B' } } : {}), SeqTp: 'RCUR' },
          ReqdColltnDt: file.executeOn,
          Cdtr: partyOf(operator),
          CdtrAcct: accountOf(operator),
          CdtrAgt: agentOf(operator),
          ChrgBr: chargesOf(file),
          CdtrSchmeId: schemeOf(operator),
          DrctDbtTxInf: instructions.map((one) => ({
            PmtId: { EndToEndId: one.endToEndId },
            InstdAmt: amountOf(one),
            DrctDbtTx: {
              MndtRltdInf: { MndtId: one.counterparty.mandateId, DtOfSgntr: one.counterparty.mandateSignedOn },
            },
            DbtrAgt: agentOf(one.counterparty),
            Dbtr: partyOf(one.counterparty),
            DbtrAcct: accountOf(one.counterparty),
            RmtInf: { Ustrd: one.endToEndId },
          })),
        },
      },
    },
  });
}

/** The schemes of SEPA are for euro; a payment in another currency goes as the banks of both ends have agreed. */
const isSepa = ({ currency }: PaymentFile): boolean => currency === 'EUR';

/** Charges follow the scheme, or are shared where there is none to follow. */
const chargesOf = (file: PaymentFile): string => (isSepa(file) ? 'SLEV' : 'SHAR');

function headerOf(file: PaymentFile): XmlValue {
  return {
    MsgId: file.messageId,
    CreDtTm: file.madeAt.toISOString(),
    NbOfTxs: file.instructions.length.toString(),
    CtrlSum: decimalOf(file.totalMinor, file.currency),
    InitgPty: { Nm: nameOf(file.operator) },
  };
}

/** The longest name of a party that a payment carries (EPC132-08 and EPC130-08: 70 of the 140 that ISO 20022 has room for). */
const NAME_MAX = 70;

const nameOf = ({ legalName }: PartyDetails): string => [...legalName].slice(0, NAME_MAX).join('');

/** An address has its town or is none: banks refuse one without. */
function partyOf(details: PartyDetails): XmlValue {
  const { street, postCode, city, country } = details;
  const address = city === null ? null : { StrtNm: street, PstCd: postCode, TwnNm: city, Ctry: country };
  return { Nm: nameOf(details), PstlAdr: address };
}

const accountOf = ({ iban }: PartyDetails): XmlValue => ({ Id: { IBAN: iban } });

/** The bank; known by the account number alone where none was named (SEPA: IBAN only). */
const agentOf = ({ bic }: PartyDetails): XmlValue => ({
  FinInstnId: bic === null ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: bic },
});

const amountOf = ({ amountMinor, currency }: Instruction): XmlValue => ({
  '@Ccy': currency,
  '#': decimalOf(amountMinor, currency),
});

const schemeOf = ({ creditorSchemeId }: PartyDetails): XmlValue => ({
  Id: { PrvtId: { Othr: { Id: creditorSchemeId, SchmeNm: { Prtry: 'SEPA' } } } },
});
