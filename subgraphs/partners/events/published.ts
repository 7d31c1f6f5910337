import type { NewEvent } from '../../../kernel/events/outbox';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { commandMappings, type Intake } from '../core/intake/intake';
import type { Branch } from '../core/branch';
import type { Tier } from '../core/ladder';
import type { Experiment } from '../core/experiment';
import type { PartnerKey } from '../core/partner-key';
import { windowsOf, type InForce } from '../core/purchase-rule';
import type { RuleBook } from '../core/rule-book';
import type { SettlementDetails } from '../core/settlement-details';
import type { TermsChange } from '../core/terms-change';

/**
 * The rule book changed: the whole of it, as it now stands. A reader keeps the version it saw and needs no other event to
 * know what partners agreed.
 */
export const RULE_BOOK_PUBLISHED = 'partners.rule_book.published.v1';

/** A partner got a key. Carries the SHA-256 of the key's text, by which the gateway recognises it; never the text. */
export const KEY_ISSUED = 'partners.key.issued.v1';

/** From where a key may be used, from now on; null: from anywhere. */
export const KEY_ADDRESSES_SET = 'partners.key.addresses_set.v1';

/** A key stops opening the door, at once, open sockets included. */
export const KEY_REVOKED = 'partners.key.revoked.v1';

/**
 * Who a partner or the operator is in law, and where its money goes, from an instant on; `partnerId` is null for the operator.
 * Holds an account number: for the hub's own parts, never for a partner's ears.
 */
export const SETTLEMENT_DETAILS_SET = 'partners.settlement_details.set.v1';

/** How a partner's customer-data messages become commands: documents, and templates of their variables. */
export const INTAKE_SET = 'partners.intake.set.v1';

/** Everything this subgraph announces. */
export const partnersEvents = [
  RULE_BOOK_PUBLISHED,
  KEY_ISSUED,
  KEY_ADDRESSES_SET,
  KEY_REVOKED,
  SETTLEMENT_DETAILS_SET,
  INTAKE_SET,
] as const;

/** Whole numbers travel as decimal strings and instants as RFC 3339: JSON has neither. */
export function ruleBookPublished(book: RuleBook): NewEvent {
  const { tiers, ...programme } = book.programme;
  return {
    type: RULE_BOOK_PUBLISHED,
    programmeId: programme.id,
    aggregateId: programme.id,
    payload: {
      version: book.version.toString(),
      programme: {
        ...programme,
        faceValueMicros: programme.faceValueMicros.toString(),
        opensAt: programme.opensAt.toISOString(),
        arrearsLimitPoints: programme.arrearsLimitPoints?.toString() ?? null,
        stepUpAbovePoints: programme.stepUpAbovePoints?.toString() ?? null,
      },
      partners: book.partners.map(({ id, code, name, canIssue, canRedeem, status, leavingSince }) => ({
        id,
        code,
        name,
        canIssue,
        canRedeem,
        status,
        leavingSince: leavingSince?.toISOString() ?? null,
        branches: book.branches.filter(({ partnerId }) => partnerId === id).map(announcedBranch),
      })),
      contracts: book.contracts.map((contract) => ({
        ...contract,
        validFrom: contract.validFrom.toISOString(),
        reimbursementMicros: contract.reimbursementMicros.toString(),
        feeMicros: contract.feeMicros.toString(),
        issuanceMicros: contract.issuanceMicros.toString(),
        issuanceCap: contract.issuanceCap && {
          points: contract.issuanceCap.points.toString(),
          period: contract.issuanceCap.period,
        },
        netDebitCapMicros: contract.netDebitCapMicros?.toString() ?? null,
      })),
      earningRules: book.earningRules.map((rule) => ({
        ...rule,
        points: rule.points.toString(),
        perAmountMinor: rule.perAmountMinor.toString(),
        validFrom: rule.validFrom.toISOString(),
      })),
      actionRules: book.actionRules.map((rule) => ({
        ...rule,
        points: rule.points.toString(),
        validFrom: rule.validFrom.toISOString(),
        tierPoints: rule.tierPoints?.map(({ tier, points }) => ({ tier, points: points.toString() })),
      })),
      purchaseRules: windowsOf(book.purchaseRules).map(announcedRule),
      purposeBudgets: book.purposeBudgets.map((budget) => ({ ...budget, points: budget.points.toString() })),
      conversionRates: book.conversionRates,
      experiments: book.experiments.map(announcedExperiment),
      tiers: tiers.map(announcedTier),
      termsChanges: book.termsChanges.map(announcedTerms),
    },
  };
}

function announcedExperiment({ id, code, name, kind, subject, arms, from, until }: Experiment): object {
  return { id, code, name, kind, subject, arms, from: from.toISOString(), until: until?.toISOString() ?? null };
}

function announcedTier({ code, name, thresholdPoints, multiplierBps, benefits }: Tier): object {
  const given = { thresholdPoints: thresholdPoints.toString(), multiplierBps: multiplierBps ?? 10_000 };
  return { code, name, ...given, benefits: benefits ?? [] };
}

/** A version of the terms, whole: in force from its instant until the next one's. */
function announcedTerms({ version, takesEffectAt, noticeDays, texts, ruleBookVersion, terms }: TermsChange): object {
  return {
    ...{ version, takesEffectAt: takesEffectAt.toISOString(), noticeDays, texts },
    ruleBookVersion: ruleBookVersion?.toString(),
    terms: {
      ...terms,
      faceValueMicros: terms.faceValueMicros.toString(),
      arrearsLimitPoints: terms.arrearsLimitPoints?.toString() ?? null,
      stepUpAbovePoints: terms.stepUpAbovePoints?.toString() ?? null,
      tiers: terms.tiers.map(announcedTier),
    },
  };
}

function announcedBranch({ code, channels, opensAt, closedAt }: Branch): object {
  return { code, channels, opensAt: opensAt.toISOString(), closedAt: closedAt?.toISOString() ?? null };
}

/** A rule as it is announced: one stretch in which it is in force, with nothing left to work out. */
function announcedRule({ id, partnerId, campaignId, validFrom, until, terms }: InForce): object {
  if (terms === null) throw new TypeError(`announcedRule: ${id} is stopped`);
  const { campaign, effect, minAmountMinor, capPoints, ...rest } = terms;
  const { kind, points, perAmountMinor, bps } = effect;
  const given =
    kind === 'MULTIPLIER' ? { bps } : { points: points?.toString(), perAmountMinor: perAmountMinor?.toString() };
  return {
    ...rest,
    ...{ id, partnerId, from: validFrom.toISOString(), until: until?.toISOString() ?? null },
    effect: { kind, ...given },
    minAmountMinor: (minAmountMinor ?? 0n).toString(),
    capPoints: capPoints?.toString() ?? null,
    campaign: campaign && {
      ...campaign,
      id: campaignId,
      budgetPoints: campaign.budgetPoints?.toString() ?? null,
    },
  };
}

/** @param keyHash SHA-256 of the key's whole text, in hexadecimal digits */
export function keyIssued(
  key: PartnerKey,
  { programmeId, isSandbox, keyHash }: { programmeId: ProgrammeId; isSandbox: boolean; keyHash: string },
): NewEvent {
  return {
    type: KEY_ISSUED,
    programmeId,
    aggregateId: key.partnerId,
    payload: {
      keyId: key.id,
      partnerId: key.partnerId,
      keyHash,
      scopes: key.scopes,
      expiresAt: key.expiresAt?.toISOString() ?? null,
      isSandbox,
      addresses: key.addresses,
    },
  };
}

export function keyAddressesSet({ id, partnerId, addresses }: PartnerKey, programmeId: ProgrammeId): NewEvent {
  return {
    type: KEY_ADDRESSES_SET,
    programmeId,
    aggregateId: partnerId,
    payload: { keyId: id, partnerId, addresses },
  };
}

export function keyRevoked(key: { id: string; partnerId: PartnerId }, programmeId: ProgrammeId): NewEvent {
  return {
    type: KEY_REVOKED,
    programmeId,
    aggregateId: key.partnerId,
    payload: { keyId: key.id, partnerId: key.partnerId },
  };
}

export function settlementDetailsSet(details: SettlementDetails, programmeId: ProgrammeId): NewEvent {
  return {
    type: SETTLEMENT_DETAILS_SET,
    programmeId,
    aggregateId: details.partnerId ?? programmeId,
    payload: { ...details, validFrom: details.validFrom.toISOString() },
  };
}

/** @param currency the programme's, for messages that name none */
export function intakeSet(
  intake: Intake,
  { programmeId, currency }: { programmeId: ProgrammeId; currency: string },
): NewEvent {
  const { partnerId, version } = intake;
  return {
    type: INTAKE_SET,
    programmeId,
    aggregateId: partnerId,
    payload: { partnerId, version, mappings: commandMappings(intake, currency) },
  };
}
