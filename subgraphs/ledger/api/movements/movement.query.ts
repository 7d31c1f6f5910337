import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { LotReading } from '../../app/points/read-account';
import type { LedgerContext } from '../context';
import { PartnerStub, partnerStub } from '../partner.stub';
import { LotType, StatementEntryType } from '../points/account.type';
import { DrawType, RedemptionType } from './movement.type';
import type { StatementEntryView } from '../points/statement-entry';
import type { DrawOfLot, RedemptionView } from './successes';

/** Who issued a lot. */
@Resolver(() => LotType)
export class LotQuery {
  @FieldResolver(() => PartnerStub, { nullable: true, description: 'The partner that issued the points.' })
  issuer(@Root() { issuerId }: LotReading): PartnerStub | null {
    return partnerStub(issuerId);
  }
}

/** Where a line of a statement comes from. */
@Resolver(() => StatementEntryType)
export class StatementEntryQuery {
  @FieldResolver(() => PartnerStub, {
    nullable: true,
    description: 'The partner it happened at; null for what falls due.',
  })
  partner(@Root() { partnerId }: StatementEntryView): PartnerStub | null {
    return partnerStub(partnerId);
  }
}

/** Where points were spent. */
@Resolver(() => RedemptionType)
export class RedemptionQuery {
  @FieldResolver(() => PartnerStub, { nullable: true, description: 'The partner that accepted the points.' })
  redeemer(@Root() { redeemerId }: RedemptionView): PartnerStub | null {
    return partnerStub(redeemerId);
  }
}

/** What a draw took, and what its issuer owes for it. */
@Resolver(() => DrawType)
export class DrawQuery {
  @FieldResolver(() => LotType, { description: 'The lot, as it stands now.' })
  lot(@Root() { lotName }: DrawOfLot, @Ctx() { loaders }: LedgerContext): Promise<LotReading | null> {
    return loaders.lot.load(lotName);
  }

  @FieldResolver(() => MoneyType, {
    nullable: true,
    description:
      'What the lot’s issuer owes the redeemer, shown in whole minor units, ties to even; statements add up the exact ' +
      'amounts. Null when nobody owes anybody.',
  })
  claim(@Root() { claimMicros, currency }: DrawOfLot): MoneyType | null {
    if (claimMicros === null) return null;
    return { amountMinor: divideHalfEven(claimMicros, microsPerMinor(currency as CurrencyCode)), currency };
  }
}
