import { createUnionType, Directive, ObjectType } from 'type-graphql';
import { isRefusal, type Refusal, type RefusalCatalogue } from '../errors/refusal';
import { invalidInput, sharedRefusals } from '../errors/shared-refusals';
import { findMalformed } from './scalars';
import { COMMON_REFUSAL_TYPES, RefusalInterface } from './shared-types';

type ClassType = abstract new (...args: never[]) => object;

/**
 * A refusal type that carries nothing beyond the interface; refusals with facts of their own are written as classes. Two
 * subgraphs that refuse for the same fact may both define it.
 *
 * @param name the type, named for the fact: `HoldNotOpen`
 */
export function defineRefusalType(name: string, description: string): ClassType {
  const type = { [name]: class extends RefusalInterface {} }[name] as unknown as ClassType;
  ObjectType(name, { implements: RefusalInterface, description })(type as never);
  Directive('@shareable')(type as never);
  return type;
}

/**
 * The union a mutation answers: its success, the refusals every mutation may answer, and its own.
 *
 * @param name    `RedeemPointsResult`
 * @param success class of `RedeemPointsSuccess`
 * @param refusals classes of this mutation's own refusals
 */
export function defineResult(name: string, success: ClassType, refusals: readonly ClassType[] = []) {
  return createUnionType({
    name,
    description: `What ${mutationOf(name)} answers: success, or a refusal named for the fact.`,
    types: () => [success, ...COMMON_REFUSAL_TYPES, ...refusals] as never,
    resolveType: (value: object) => (value as { __typename: string }).__typename,
  });
}

/** `RedeemPointsResult` → `redeemPoints` */
function mutationOf(resultName: string): string {
  return resultName.charAt(0).toLowerCase() + resultName.slice(1).replace(/Result$/, '');
}

/**
 * Turns what a use case answered into what the graph shows.
 *
 * @param catalogue the subgraph's own codes; the shared ones are always known
 */
export function presenter(catalogue: RefusalCatalogue) {
  const known: RefusalCatalogue = { ...sharedRefusals, ...catalogue };
  return function present<Value extends object>(successType: string, outcome: Value | Refusal): object {
    if (!isRefusal(outcome)) return { __typename: successType, ...outcome };
    const entry = known[outcome.code];
    if (entry === undefined) throw new TypeError(`present: ${outcome.code} is in no catalogue`);
    const { code, message, retryable, replayed = false, facts } = outcome;
    return { __typename: entry.type, code, message, retryable, replayed, ...facts };
  };
}

/**
 * What a mutation's resolver does: read the input, call one use case, present. An input with a value that could not be read
 * never reaches the use case.
 *
 * @example const answer = answerer(partnersRefusals);
 *          return answer('AddPartnerSuccess', input, () => addPartner(setting, principal, input));
 */
export function answerer(catalogue: RefusalCatalogue) {
  const present = presenter(catalogue);
  return async function answer(successType: string, input: object, useCase: () => Promise<object>): Promise<object> {
    const malformed = findMalformed(input);
    if (malformed !== null) return present(successType, invalidInput(malformed.field, malformed.reason));
    return present(successType, await useCase());
  };
}
