import { expectThat, firstFault, idempotencyKeyFault, type Fault } from '../../../kernel/errors/check-input';
import type { MemberId } from '../../../kernel/values/id';

/** What a programme announced of its next terms. */
export interface AnnouncedTerms {
  readonly version: number;
  readonly takesEffectAt: Date;
  /** What members are told, in each language. */
  readonly texts: readonly { readonly language: string; readonly text: string }[];
}

/** That a member was told of terms before they take effect. */
export interface TermsNotice extends AnnouncedTerms {
  readonly memberId: MemberId;
  readonly noticedAt: Date;
  /** When the member said that it had read it; null while it has not. */
  readonly acknowledgedAt: Date | null;
}

/** How far the telling of one version has come. */
export interface NoticeProgress extends Pick<AnnouncedTerms, 'version' | 'takesEffectAt'> {
  readonly noticed: number;
  readonly remaining: number;
  readonly acknowledged: number;
  /** When the last member had its notice; null while some have none. */
  readonly completedAt: Date | null;
}

/** A notice a member says that it has read. */
export interface Acknowledgement {
  readonly idempotencyKey: string;
  readonly version: number;
}

export function acknowledgementFault({ idempotencyKey, version }: Acknowledgement): Fault {
  return firstFault(
    idempotencyKeyFault(idempotencyKey),
    expectThat('input.version', version > 1, 'must be the version of changed terms, which begin at 2'),
  );
}
