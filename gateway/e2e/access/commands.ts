import { REFUSAL, type GraphCaller } from '../../../hub/client/graph';

/**
 * Carries out a command of the graph and returns what it succeeded with.
 *
 * @param name    the mutation; its name is the key of the intent unless the input has another
 * @param success the type of its success and what is wanted of it, such as `HoldPointsSuccess { hold { id } }`
 */
export async function carryOut<Success extends object>(
  caller: GraphCaller,
  name: string,
  { success, input }: { success?: string; input: object },
): Promise<Success> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const wanted = success === undefined ? '' : `... on ${success}`;
  const call = `mutation ($input: ${type}!) { result: ${name}(input: $input) { ${wanted} ${REFUSAL} } }`;
  return caller.must<Success>(call, { input: { idempotencyKey: name, ...input } });
}
