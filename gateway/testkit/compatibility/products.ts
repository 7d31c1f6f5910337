import { Arg, Directive, Field, FieldResolver, Float, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { buildSubgraph, type SubgraphSchema } from '../../../kernel/graph/build-subgraph';

/** The subgraph of products that Apollo's suite of compatibility asks an implementation for, built by our builder. */
const HEADER = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.7", import: [
    "@composeDirective", "@extends", "@external", "@inaccessible", "@interfaceObject", "@key", "@override", "@provides", "@requires",
    "@shareable", "@tag", "FieldSet"
  ])
  @link(url: "https://myspecs.dev/myCustomDirective/v1.0", import: ["@custom"])
  @composeDirective(name: "@custom")
directive @custom on OBJECT
`;

@ObjectType()
class ProductVariation {
  @Field(() => ID)
  id!: string;
}

@ObjectType()
class CaseStudy {
  @Field(() => ID)
  caseNumber!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;
}

@Directive('@key(fields: "study { caseNumber }")')
@ObjectType()
class ProductResearch {
  @Field(() => CaseStudy)
  study!: CaseStudy;

  @Field(() => String, { nullable: true })
  outcome!: string | null;
}

@Directive('@shareable')
@ObjectType()
class ProductDimension {
  @Field(() => String, { nullable: true })
  size!: string | null;

  @Field(() => Float, { nullable: true })
  weight!: number | null;

  @Directive('@inaccessible')
  @Field(() => String, { nullable: true })
  unit!: string | null;
}

@Directive('@extends')
@Directive('@key(fields: "email")')
@ObjectType()
class User {
  @Directive('@external')
  @Field(() => ID)
  email!: string;

  @Directive('@override(from: "users")')
  @Field(() => String, { nullable: true })
  name!: string | null;

  @Directive('@external')
  @Field(() => Int, { nullable: true })
  totalProductsCreated!: number | null;

  @Directive('@external')
  @Field(() => Int)
  yearsOfEmployment!: number;
}

@Directive('@custom')
@Directive('@key(fields: "id")')
@Directive('@key(fields: "sku package")')
@Directive('@key(fields: "sku variation { id }")')
@ObjectType()
class Product {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  sku!: string | null;

  @Field(() => String, { nullable: true })
  package!: string | null;

  @Field(() => ProductVariation, { nullable: true })
  variation!: ProductVariation | null;

  @Field(() => ProductDimension, { nullable: true })
  dimensions!: ProductDimension | null;

  @Directive('@provides(fields: "totalProductsCreated")')
  @Field(() => User, { nullable: true })
  createdBy!: User | null;

  @Directive('@tag(name: "internal")')
  @Field(() => String, { nullable: true })
  notes!: string | null;

  @Field(() => [ProductResearch])
  research!: ProductResearch[];
}

@Directive('@key(fields: "sku package")')
@ObjectType()
class DeprecatedProduct {
  @Field(() => String)
  sku!: string;

  @Field(() => String)
  package!: string;

  @Field(() => String, { nullable: true })
  reason!: string | null;

  @Field(() => User, { nullable: true })
  createdBy!: User | null;
}

@Directive('@interfaceObject')
@Directive('@key(fields: "id")')
@ObjectType()
class Inventory {
  @Field(() => ID)
  id!: string;

  @Field(() => [DeprecatedProduct])
  deprecatedProducts!: DeprecatedProduct[];
}

const USER: User = {
  email: 'support@apollographql.com',
  name: 'Jane Smith',
  totalProductsCreated: 1337,
  yearsOfEmployment: 10,
};
const DEPRECATED: DeprecatedProduct = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: USER,
};
const RESEARCH: readonly ProductResearch[] = [
  { study: { caseNumber: '1234', description: 'Federation Study' }, outcome: null },
  { study: { caseNumber: '1235', description: 'Studio Study' }, outcome: null },
];
const DIMENSIONS: ProductDimension = { size: 'small', weight: 1, unit: 'kg' };
const COMMON = { dimensions: DIMENSIONS, createdBy: USER, notes: null };
const PRODUCTS: readonly Product[] = [
  {
    id: 'apollo-federation',
    sku: 'federation',
    package: '@apollo/federation',
    variation: { id: 'OSS' },
    research: [RESEARCH[0]!],
    ...COMMON,
  },
  {
    id: 'apollo-studio',
    sku: 'studio',
    package: '',
    variation: { id: 'platform' },
    research: [RESEARCH[1]!],
    ...COMMON,
  },
];

@Resolver()
class ProductQuery {
  @Query(() => Product, { nullable: true })
  product(@Arg('id', () => ID) id: string): Product | null {
    return PRODUCTS.find((product) => product.id === id) ?? null;
  }

  @Query(() => DeprecatedProduct, { nullable: true, deprecationReason: 'Use product query instead' })
  deprecatedProduct(
    @Arg('sku', () => String) sku: string,
    @Arg('package', () => String) name: string,
  ): DeprecatedProduct | null {
    return deprecatedOf({ sku, package: name });
  }
}

@Resolver(() => User)
class UserFields {
  @Directive('@requires(fields: "totalProductsCreated yearsOfEmployment")')
  @FieldResolver(() => Int, { nullable: true })
  averageProductsCreatedPerYear(@Root() { totalProductsCreated, yearsOfEmployment }: User): number | null {
    return totalProductsCreated === null ? null : Math.round(totalProductsCreated / yearsOfEmployment);
  }
}

type Reference<T> = { readonly [Name in keyof T]?: Partial<T[Name]> };

function productOf({ id, sku, package: name, variation }: Reference<Product>): Product | null {
  if (id !== undefined) return PRODUCTS.find((product) => product.id === id) ?? null;
  const same = PRODUCTS.filter((product) => product.sku === sku);
  if (name !== undefined) return same.find((product) => product.package === name) ?? null;
  return same.find((product) => product.variation?.id === variation?.id) ?? null;
}

function deprecatedOf({ sku, package: name }: Reference<DeprecatedProduct>): DeprecatedProduct | null {
  return sku === DEPRECATED.sku && name === DEPRECATED.package ? DEPRECATED : null;
}

/** The executable subgraph and its SDL. */
export function buildProducts(): SubgraphSchema {
  return buildSubgraph({
    header: HEADER,
    resolvers: [ProductQuery, UserFields],
    orphanedTypes: [Inventory],
    references: {
      Product: productOf,
      DeprecatedProduct: deprecatedOf,
      ProductResearch: ({ study }: Reference<ProductResearch>) =>
        RESEARCH.find((research) => research.study.caseNumber === study?.caseNumber) ?? null,
      // What `@requires` asks of users comes with the reference, and only then.
      User: (reference: Partial<User>) => (reference.email === USER.email ? { name: USER.name, ...reference } : null),
      Inventory: ({ id }: Reference<Inventory>) => ({ id, deprecatedProducts: [DEPRECATED] }),
    },
  });
}
