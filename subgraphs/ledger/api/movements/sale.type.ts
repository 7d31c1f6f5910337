import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, JSONObjectScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { Channel, MemberRefInput, MoneyInput } from '../../../../kernel/graph/shared-types';
import type { CaptureHoldInput as Capture } from '../../app/movements/capture-hold';
import type { HoldPointsInput as HoldRequest } from '../../app/movements/hold-points';
import type { RecordPurchaseInput as Receipt } from '../../app/movements/record-purchase';
import type { RedeemPointsInput as Spend } from '../../app/movements/redeem-points';
import type { RedeemPoolInput as PoolSpend } from '../../app/movements/redeem-pool';
import type { ReleaseHoldInput as Release } from '../../app/movements/release-hold';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const MEMBER = { description: 'Whose points.' };

@InputType('PurchaseLineInput', { description: 'One line of a receipt.' })
export class PurchaseLineInput {
  @Field(() => String, { description: 'The partner’s article number; at most 200 characters.' })
  sku!: string;
  @Field(() => String, { nullable: true, description: 'The partner’s category; at most 200 characters.' })
  category?: string | null;
  @Field(() => Int, { description: 'How many; 0 to 1,000,000.' })
  quantity!: number;
  @Field(() => MoneyInput, { description: 'What the line comes to, after discounts.' })
  amount!: MoneyInput;
}

@InputType('RecordPurchaseInput', { description: 'A sale, as a receipt says it.' })
export class RecordPurchaseInput implements Receipt {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'The partner’s receipt number, never used again; 1 to 255 characters.' })
  externalRef!: string;
  @Field(() => MemberRefInput, { description: 'Who bought.' })
  member!: MemberRefInput;
  @Field(() => MoneyInput, { description: 'What earns, after discounts, in the programme’s currency.' })
  amount!: MoneyInput;
  @Field(() => DateTimeScalar, { description: 'When the sale happened; not after the programme’s clock.' })
  occurredAt!: Date;
  @Field(() => String, {
    nullable: true,
    description: 'The partner’s name for the place of sale; at most 200 characters.',
  })
  branch?: string | null;
  @Field(() => Channel, { nullable: true, description: 'Where the sale happened.' })
  channel?: Channel | null;
  @Field(() => [PurchaseLineInput], { nullable: true, description: 'The receipt’s lines; at most 1,000.' })
  lines?: PurchaseLineInput[] | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'Metres between the member and the place of sale, for conditions as `place.distance`; 0 to 100,000,000.',
  })
  distanceMetres?: number | null;
  @Field(() => Float, {
    nullable: true,
    description: 'Degrees Celsius at the place of sale, for conditions as `weather.temperature`.',
  })
  temperatureCelsius?: number | null;
  @Field(() => JSONObjectScalar, {
    nullable: true,
    description:
      'An object of the partner’s own names and values, for conditions as `attributes`; at most 8,192 characters.',
  })
  attributes?: Record<string, unknown> | null;
}

@InputType('RedeemPointsInput', { description: 'Points to spend at the calling partner.' })
export class RedeemPointsInput implements Spend {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, {
    description: 'The partner’s number of the redemption, never used again; 1 to 255 characters.',
  })
  externalRef!: string;
  @Field(() => MemberRefInput, MEMBER)
  member!: MemberRefInput;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => DateTimeScalar, { description: 'When the redemption happened; not after the programme’s clock.' })
  occurredAt!: Date;
  @Field(() => BigIntScalar, { nullable: true, description: 'Spend only while the account is at this version.' })
  expectedVersion?: bigint | null;
  @Field(() => MoneyInput, {
    nullable: true,
    description:
      'What the member pays you in money beside the points, in the programme’s currency: written down, and owed to nobody.',
  })
  money?: MoneyInput | null;
}

@InputType('RedeemPoolInput', { description: 'Points several members spend together at the calling partner.' })
export class RedeemPoolInput implements PoolSpend {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, {
    description: 'The partner’s number of the redemption, never used again; 1 to 255 characters.',
  })
  externalRef!: string;
  @Field(() => [MemberRefInput], {
    description:
      'Whose points: 1 to 10 members, each once, each as redeemPoints would have them. The first must give some.',
  })
  members!: MemberRefInput[];
  @Field(() => PointsScalar, { description: 'How many all of them give; at least 1.' })
  points!: bigint;
  @Field(() => DateTimeScalar, { description: 'When the redemption happened; not after the programme’s clock.' })
  occurredAt!: Date;
}

@InputType('HoldPointsInput', { description: 'Points to set aside.' })
export class HoldPointsInput implements HoldRequest {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => MemberRefInput, MEMBER)
  member!: MemberRefInput;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => DateTimeScalar, { description: 'Until when they are meant to be set aside.' })
  expiresAt!: Date;
}

@InputType('CaptureHoldInput', { description: 'A hold that becomes a redemption.' })
export class CaptureHoldInput implements Capture {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'An open hold of the calling partner.' })
  holdId!: string;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'How many of them; all, when not given. The rest goes back.',
  })
  points?: bigint | null;
  @Field(() => MoneyInput, {
    nullable: true,
    description:
      'What the member pays you in money beside the points, in the programme’s currency: written down, and owed to nobody.',
  })
  money?: MoneyInput | null;
  @Field(() => String, {
    description: 'The partner’s number of the redemption, never used again; 1 to 255 characters.',
  })
  externalRef!: string;
}

@InputType('ReleaseHoldInput', { description: 'A hold to give back.' })
export class ReleaseHoldInput implements Release {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'An open hold of the calling partner.' })
  holdId!: string;
}

@InputType('SetTestClockInput', { description: 'Where a sandbox’s clock shall stand.' })
export class SetTestClockInput {
  @Field(() => DateTimeScalar, { description: 'The programme’s new present; not before where its test clock stands.' })
  now!: Date;
}
