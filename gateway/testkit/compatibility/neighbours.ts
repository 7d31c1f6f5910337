import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';

/** The two subgraphs beside products: users and inventory. */
export const USERS = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])
type Query { user(email: ID!): User }
type User @key(fields: "email") {
  email: ID!
  name: String
  totalProductsCreated: Int @shareable
  yearsOfEmployment: Int!
}
`;

export const INVENTORY = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@external", "@key", "@requires", "@shareable"])
type Query { inventory(id: ID!): Inventory }
interface Inventory @key(fields: "id") { id: ID! }
type Warehouse implements Inventory @key(fields: "id") { id: ID!  city: String }
type Product @key(fields: "id") {
  id: ID!
  dimensions: ProductDimension @external
  delivery(zip: String): DeliveryEstimates @requires(fields: "dimensions { size weight }")
}
type ProductDimension @shareable { size: String  weight: Float }
type DeliveryEstimates { estimatedDelivery: String  fastestDelivery: String }
`;

/** Of users: other values than products has, so that an answer tells where it comes from. */
export const buildUsers = (): GraphQLSchema =>
  built(USERS, {
    User: {
      __resolveReference: ({ email }: { email: string }) => ({
        email,
        name: 'a name of users',
        totalProductsCreated: 4,
        yearsOfEmployment: 10,
      }),
    },
  });

export const buildInventory = (): GraphQLSchema =>
  built(INVENTORY, {
    Query: { inventory: (_: unknown, { id }: { id: string }) => ({ __typename: 'Warehouse', id, city: 'Kraków' }) },
    Product: {
      __resolveReference: (reference: object) => reference,
      delivery: ({ dimensions }: { dimensions: { size: string; weight: number } }) => ({
        estimatedDelivery: `${dimensions.size}, ${dimensions.weight}`,
      }),
    },
  });

function built(sdl: string, resolvers: object): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
}
