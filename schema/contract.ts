import { Kind, parse, print, type ConstValueNode, type DefinitionNode, type TypeNode } from 'graphql';

/** How a schema stands to the names promised to partners. */
export interface ContractState {
  /** Promised and not there, such as `Mutation.transferPoints`. */
  readonly absent: readonly string[];
  /** There, but of another type than promised. */
  readonly broken: readonly string[];
}

/** Compares a schema with the contract, name by name. More than the contract is always allowed. */
export function compareWithContract(contract: string, api: string): ContractState {
  const real = facts(api);
  const absent: string[] = [];
  const broken: string[] = [];
  for (const [name, type] of facts(contract)) {
    const found = real.get(name);
    if (found === undefined) absent.push(name);
    else if (found !== type) broken.push(`${name}: promised ${type}, is ${found}`);
  }
  return { absent, broken };
}

/** Every name of a schema with its type: `Member`, `Member.id`, `Query.member.ref`. */
function facts(sdl: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const definition of parse(sdl, { noLocation: true }).definitions) collect(definition, found);
  return found;
}

function collect(definition: DefinitionNode, found: Map<string, string>): void {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      found.set(definition.name.value, 'output');
      for (const field of definition.fields ?? []) {
        const name = `${definition.name.value}.${field.name.value}`;
        found.set(name, print(field.type));
        for (const argument of field.arguments ?? []) found.set(`${name}.${argument.name.value}`, input(argument));
      }
      break;
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      found.set(
        definition.name.value,
        definition.directives?.some(({ name }) => name.value === 'oneOf') ? 'input @oneOf' : 'input',
      );
      for (const field of definition.fields ?? [])
        found.set(`${definition.name.value}.${field.name.value}`, input(field));
      break;
    case Kind.ENUM_TYPE_DEFINITION:
      found.set(definition.name.value, 'enum');
      for (const value of definition.values ?? []) found.set(`${definition.name.value}.${value.name.value}`, 'value');
      break;
    case Kind.SCALAR_TYPE_DEFINITION:
      found.set(definition.name.value, 'scalar');
      break;
    default:
      break;
  }
}

function input({ type, defaultValue }: { readonly type: TypeNode; readonly defaultValue?: ConstValueNode }): string {
  return defaultValue === undefined ? print(type) : `${print(type)} = ${print(defaultValue)}`;
}
