import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { ExperimentKindName } from '../../../kernel/graph/rule-terms-types';
import { BigIntScalar, DateTimeScalar } from '../../../kernel/graph/scalars';
import type { AskedEnd } from '../app/change-experiment';
import type { AskedExperiment, ExperimentArm } from '../core/experiment';
import { REPLAYED, RULE_BOOK_VERSION } from './result.type';

const KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const CODE = { description: '1 to 40 letters, digits, hyphens or underscores.' };
const WEIGHT = { description: 'Its share of members, as a part of the sum of weights; 1 to 1,000,000.' };
const CONTROL = { description: 'Whether members of it do without; one arm is the control.' };
const UNTIL = { nullable: true, description: 'Before when it ends; null: until it is stopped.' };
const SUBJECT = {
  nullable: true,
  description: 'The campaign’s id, or the caller’s own name of a reward, channel or placement; none for ALL_CAMPAIGNS.',
};

@ObjectType('ExperimentArm', { description: 'One arm of an experiment.' })
export class ExperimentArmType {
  @Field(() => String, { description: 'What it is called.' })
  code!: string;
  @Field(() => Int, WEIGHT)
  weight!: number;
  @Field(() => Boolean, CONTROL)
  isControl!: boolean;
}

@ObjectType('Experiment', { description: 'A comparison of arms; a member is in the same one for ever.' })
export class ExperimentType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => String, { description: 'What it is called; unique in the programme.' })
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => ExperimentKindName, { description: 'What differs.' })
  kind!: ExperimentKindName;
  @Field(() => String, SUBJECT)
  subject!: string | null;
  @Field(() => [ExperimentArmType], { description: 'Its arms; they never change.' })
  arms!: ExperimentArmType[];
  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  from!: Date;
  @Field(() => DateTimeScalar, UNTIL)
  until!: Date | null;
}

@InputType('ExperimentArmInput', { description: 'One arm of an experiment.' })
export class ExperimentArmInput implements ExperimentArm {
  @Field(() => String, CODE)
  code!: string;
  @Field(() => Int, WEIGHT)
  weight!: number;
  @Field(() => Boolean, CONTROL)
  isControl!: boolean;
}

@InputType('CreateExperimentInput', { description: 'A comparison of arms.' })
export class CreateExperimentInput implements AskedExperiment {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => String, CODE)
  code!: string;
  @Field(() => String, { description: 'Name people read; 1 to 200 characters.' })
  name!: string;
  @Field(() => ExperimentKindName, { description: 'What differs.' })
  kind!: ExperimentKindName;
  @Field(() => String, SUBJECT)
  subject?: string | null;
  @Field(() => [ExperimentArmInput], { description: '2 to 10 arms.' })
  arms!: ExperimentArmInput[];
  @Field(() => DateTimeScalar, { description: 'When it begins; not in the past, except in a sandbox.' })
  from!: Date;
  @Field(() => DateTimeScalar, UNTIL)
  until?: Date | null;
}

@InputType('StopExperimentInput', { description: 'Which experiment is to end, and when.' })
export class StopExperimentInput implements AskedEnd {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The experiment.' })
  experimentId!: string;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Before when it ends, not in the past, except in a sandbox; now, if nothing is said.',
  })
  until?: Date | null;
}

@ObjectType('ExperimentSuccess', { description: 'The experiment is as it was asked for.' })
class ExperimentSuccess {
  @Field(() => ExperimentType, { description: 'The experiment.' })
  experiment!: ExperimentType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const ExperimentResult = defineResult('ExperimentResult', ExperimentSuccess, [
  defineRefusalType('ExperimentCodeTaken', 'The programme has another experiment of the code.'),
  defineRefusalType('ExperimentOverlaps', 'Another experiment is about the same thing at the same time.'),
  defineRefusalType('ExperimentEnded', 'It has not begun at that instant, or ends earlier anyway.'),
]);
