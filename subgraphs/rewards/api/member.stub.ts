import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Our small view of a member: its id. We add the rewards that are within reach. */
@Directive('@key(fields: "id")')
@ObjectType('Member', { description: 'A person enrolled in the programme.' })
export class MemberStub {
  @Field(() => ID, { description: 'The member’s id.' })
  id!: string;
}

/** Our small view of an account: whose it is. The ledger knows what is in it. */
@Directive('@key(fields: "memberId", resolvable: false)')
@ObjectType('Account', { description: 'A member’s points in the programme.' })
export class AccountStub {
  @Field(() => ID, { description: 'The member whose points these are.' })
  memberId!: string;
}
