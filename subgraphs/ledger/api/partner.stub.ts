import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { PartnerId } from '../../../kernel/values/id';

/** Our small view of a partner: its id. What a partner is called, partners knows. */
@Directive('@key(fields: "id", resolvable: false)')
@ObjectType('Partner', { description: 'A business in the coalition.' })
export class PartnerStub {
  @Field(() => ID, { description: 'The partner’s id.' })
  id!: string;
}

/** The stub of a partner; null when there is none to speak of. */
export function partnerStub(id: PartnerId | null): PartnerStub | null {
  return id === null ? null : { id };
}
