import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Our small view of a partner: its id. What a partner is called, partners knows. */
@Directive('@key(fields: "id", resolvable: false)')
@ObjectType('Partner', { description: 'A business in the coalition.' })
export class PartnerStub {
  @Field(() => ID, { description: 'The partner’s id.' })
  id!: string;
}
