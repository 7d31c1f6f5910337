import { createHash } from 'node:crypto';
import type { MemberId, PartnerId, ProgrammeId } from '../values/id';

/** The five subgraphs, in the order they are listed everywhere. */
export const SUBGRAPHS = ['members', 'ledger', 'rewards', 'partners', 'feedback'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

/** What a partner key may do. */
export const SCOPES = [
  'members:enrol',
  'members:read',
  'points:earn',
  'points:redeem',
  'accrual:direct',
  'statements:read',
  'statements:answer',
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Who is calling. Programme, partner and member always come from the credential, never from an argument.
 */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'partner';
      readonly programmeId: ProgrammeId;
      readonly partnerId: PartnerId;
      readonly keyId: string;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'member'; readonly programmeId: ProgrammeId; readonly memberId: MemberId }
  | {
      readonly kind: 'staff';
      readonly programmeId: ProgrammeId;
      readonly partnerId: PartnerId;
      readonly subject: string;
    }
  | { readonly kind: 'admin'; readonly programmeId: ProgrammeId; readonly subject: string }
  | { readonly kind: 'finance'; readonly programmeId: ProgrammeId; readonly subject: string }
  /** Runs the machines: founds programmes, sees no member's data. */
  | { readonly kind: 'host'; readonly subject: string }
  /** A subgraph acting by a command; `actingFor` is honoured only for named services and mutations. */
  | {
      readonly kind: 'service';
      readonly name: SubgraphName | 'gateway';
      readonly programmeId: ProgrammeId;
      readonly actingFor?: { readonly partnerId?: PartnerId; readonly memberId?: MemberId };
    };

export type PrincipalKind = Principal['kind'];

/** The tenant a principal belongs to; null for those of no programme. */
export function programmeOf(principal: Principal): ProgrammeId | null {
  return 'programmeId' in principal ? principal.programmeId : null;
}

/** The partner on whose behalf a command runs: its own key, or a named service acting for it. */
export function actingPartner(principal: Principal): PartnerId | null {
  if (principal.kind === 'partner') return principal.partnerId;
  if (principal.kind === 'service') return principal.actingFor?.partnerId ?? null;
  return null;
}

/**
 * The caller as idempotency sees it: stable over key rotation and token renewal, different for every party, so that
 * one caller's key never meets another's. The same subject may be admin of two programmes: those are two callers.
 */
export function callerOf(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'partner':
      return `partner:${principal.partnerId}`;
    case 'member':
      return `member:${principal.memberId}`;
    case 'staff':
      return `staff:${principal.partnerId}:${principal.subject}`;
    case 'admin':
      return `admin:${principal.programmeId}:${principal.subject}`;
    case 'finance':
      return `finance:${principal.programmeId}:${principal.subject}`;
    case 'host':
      return `host:${principal.subject}`;
    case 'service': {
      const { partnerId, memberId } = principal.actingFor ?? {};
      return ['service', principal.name, principal.programmeId, partnerId ?? '', memberId ?? ''].join(':');
    }
  }
}

/** A short stable text of all that authorises a principal: what may be shared between two readers, and what may not. */
export function principalFingerprint(principal: Principal): string {
  return createHash('sha256').update(JSON.stringify(principal)).digest('base64url');
}
