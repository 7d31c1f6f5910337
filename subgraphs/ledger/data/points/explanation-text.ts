import type { Effect } from '../../core/rules/purchase-rule';
import type { Explanation, FiredRule, Reckoned } from '../../core/rules/explanation';
import { passedFrom, passedId } from './passed.store';

/** An explanation as its row holds it: short names, whole numbers as text. */
interface Stored {
  readonly a: string;
  readonly x: StoredConversion | null;
  readonly f: readonly StoredRule[];
  /** The id of the list of rules that gave nothing; the list itself where none did, and in rows of before lists were shared. */
  readonly p: string | readonly unknown[];
}
interface StoredConversion {
  readonly a: string;
  readonly rate: string;
  readonly source: string;
  readonly day: string;
}
interface StoredRule {
  readonly s: FiredRule['source'];
  readonly id: string;
  readonly c?: string;
  readonly k: Effect['kind'];
  readonly n?: string;
  readonly per?: string;
  readonly bps?: number;
  readonly of: string;
  readonly min?: string;
  readonly cap?: string;
  readonly r?: FiredRule['rounding'];
}

/** The text of an explanation, as it is stored and hashed. */
export function explanationText({ amountMinor, conversion, fired, passed }: Explanation): string {
  const stored: Stored = {
    a: amountMinor.toString(),
    x: conversion && {
      a: conversion.amountMinor.toString(),
      rate: conversion.rate,
      source: conversion.source,
      day: conversion.day,
    },
    f: fired.map(storedRule),
    p: passed.length === 0 ? [] : passedId(passed),
  };
  return JSON.stringify(stored);
}

function storedRule({ source, ruleId, campaignId, effect, ...rule }: FiredRule): StoredRule {
  return {
    s: source,
    id: ruleId,
    ...(campaignId === null ? {} : { c: campaignId }),
    k: effect.kind,
    ...(effect.kind === 'MULTIPLIER' ? { bps: effect.bps } : { n: effect.points.toString() }),
    ...('perAmountMinor' in effect ? { per: effect.perAmountMinor.toString() } : {}),
    of: rule.coveredMinor.toString(),
    ...(rule.minAmountMinor === 0n ? {} : { min: rule.minAmountMinor.toString() }),
    ...(rule.capPoints === null ? {} : { cap: rule.capPoints.toString() }),
    ...(rule.rounding === 'DOWN' ? {} : { r: rule.rounding }),
  };
}

/** An explanation with the list of rules that gave nothing in the place of its id. */
export const WITH_PASSED = `case jsonb_typeof(x.explanation -> 'p') when 'string'
         then jsonb_set(x.explanation, '{p}', (select r.passed from passed_rules r where r.id = (x.explanation ->> 'p')::uuid))
         else x.explanation end`;

/** Reads what `explanationText` wrote, as the database gives JSON back `WITH_PASSED`. */
export function explanationFrom(value: unknown): Explanation {
  return { ...reckonedFrom(value), passed: passedFrom((value as Stored).p) };
}

/** Reads of what `explanationText` wrote all that points are reckoned from. */
export function reckonedFrom(value: unknown): Reckoned {
  const { a, x, f } = value as Stored;
  return {
    amountMinor: BigInt(a),
    conversion: x && { amountMinor: BigInt(x.a), rate: x.rate, source: x.source, day: x.day },
    fired: f.map(firedFrom),
  };
}

function firedFrom({ s, id, c, of, min, cap, r, ...stored }: StoredRule): FiredRule {
  return {
    source: s,
    ruleId: id,
    campaignId: c ?? null,
    effect: effectFrom(stored),
    coveredMinor: BigInt(of),
    minAmountMinor: BigInt(min ?? 0),
    capPoints: cap === undefined ? null : BigInt(cap),
    rounding: r ?? 'DOWN',
  };
}

function effectFrom({ k, n, per, bps }: Pick<StoredRule, 'k' | 'n' | 'per' | 'bps'>): Effect {
  switch (k) {
    case 'MULTIPLIER':
      return { kind: k, bps: bps ?? 10_000 };
    case 'BONUS':
      return { kind: k, points: BigInt(n ?? 0) };
    default:
      return { kind: k, points: BigInt(n ?? 0), perAmountMinor: BigInt(per ?? 1) };
  }
}
