import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { BigIntScalar } from '../../../kernel/graph/scalars';
import { findCurrentProgramme, findProgrammeNamed, findVersionOf } from '../app/find-programme';
import type { Programme } from '../core/programme';
import type { PartnersContext } from './context';
import { ProgrammeType } from './programme.type';

/** Programmes, read. */
@Resolver(() => ProgrammeType)
export class ProgrammeQuery {
  @Query(() => ProgrammeType, {
    nullable: true,
    description: 'A programme by its key. Host, or the programme’s own admin.',
  })
  programme(
    @Arg('key', () => String, { description: 'The programme’s key.' }) key: string,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<Programme | null> {
    return findProgrammeNamed(setting, principal, key);
  }

  @Query(() => ProgrammeType, { nullable: true, description: 'The caller’s own programme; null for callers of none.' })
  currentProgramme(@Ctx() { setting, principal }: PartnersContext): Promise<Programme | null> {
    return findCurrentProgramme(setting, principal);
  }

  @FieldResolver(() => BigIntScalar, { description: 'How often the rule book changed, the founding included.' })
  ruleBookVersion(@Root() programme: Programme, @Ctx() { setting }: PartnersContext): Promise<bigint> {
    return findVersionOf(setting, programme.id);
  }
}
