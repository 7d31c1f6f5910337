import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareWithContract } from './contract';

const read = (name: string) => readFileSync(join(__dirname, name), 'utf8');

describe('a comparison with the contract', () => {
  const contract =
    'type Query { member(ref: ID!): Member } type Member { id: ID! name: String } input Page { first: Int! = 10 }';

  it('allows more than was promised', () => {
    const api =
      'type Query { member(ref: ID!, at: ID): Member x: Int } type Member { id: ID! name: String y: Int } input Page { first: Int! = 10 }';
    expect(compareWithContract(contract, api)).toEqual({ absent: [], broken: [] });
  });

  it('names what is not there', () => {
    const api = 'type Query { member: Member } type Member { id: ID! }';
    expect(compareWithContract(contract, api).absent).toEqual([
      'Query.member.ref',
      'Member.name',
      'Page',
      'Page.first',
    ]);
  });

  it('names what has another type or another default', () => {
    const api =
      'type Query { member(ref: ID): Member } type Member { id: String! name: String } input Page { first: Int! }';
    expect(compareWithContract(contract, api).broken).toEqual([
      'Query.member.ref: promised ID!, is ID',
      'Member.id: promised ID!, is String!',
      'Page.first: promised Int! = 10, is Int!',
    ]);
  });
});

describe('the printed schema', () => {
  const { absent, broken } = compareWithContract(read('contract.graphql'), read('api.graphql'));

  it('keeps the type of every name promised to partners', () => {
    expect(broken).toEqual([]);
  });

  it('has every promised name but those listed as not yet there', () => {
    expect(absent).toEqual(JSON.parse(read('not-yet.json')));
  });
});
