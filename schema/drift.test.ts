import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { printAll, schemaOf } from './printed';
import { subgraphSdls } from './subgraphs';

const read = (name: string) => readFileSync(join(__dirname, name), 'utf8');

describe('the printed schema', () => {
  const printed = printAll(subgraphSdls());

  it.each(Object.keys(printed))('%s is what the code says; npm run schema:print writes it', (name) => {
    expect(read(name)).toBe(printed[name]);
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribed(printed['api.graphql'] as string)).toEqual([]);
  });
});

function undescribed(api: string): string[] {
  const missing: string[] = [];
  const look = (name: string, { description }: { description?: string | null }) => {
    if (!description?.trim()) missing.push(name);
  };
  for (const type of Object.values(schemaOf(api).getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    const isRoot = ['Query', 'Mutation', 'Subscription'].includes(type.name);
    if (!isRoot) look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field);
      for (const argument of 'args' in field ? field.args : [])
        look(`${type.name}.${field.name}(${argument.name})`, argument);
    }
  }
  return missing;
}
