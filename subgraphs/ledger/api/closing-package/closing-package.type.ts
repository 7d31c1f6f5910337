import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType('PackageKey', { description: 'An Ed25519 key that closing packages are signed with.' })
export class PackageKeyType {
  @Field(() => String, { description: 'Names the key.' })
  id!: string;
  @Field(() => String, { description: 'The 32 bytes of the public key, as `x` of its JWK (RFC 8037).' })
  publicKey!: string;
}

@ObjectType('PackageRecord', { description: 'One record of a closing package.' })
export class PackageRecordType {
  @Field(() => String, { description: 'The section it stands in.' })
  section!: string;
  @Field(() => String, { description: 'Its canonical JSON.' })
  text!: string;
  @Field(() => String, { description: 'SHA-256 of the text, in hexadecimal digits.' })
  hash!: string;
}

@ObjectType('ClosingPackage', { description: 'What a partner needs to make its statement again, sealed and signed.' })
export class ClosingPackageType {
  @Field(() => String, {
    description: 'Canonical JSON: what it is about, and the seal of each section. This is signed.',
  })
  head!: string;
  @Field(() => String, { description: 'Ed25519 signature of the head, base64url.' })
  signature!: string;
  @Field(() => PackageKeyType, { description: 'The key it is signed with.' })
  key!: PackageKeyType;
  @Field(() => [String], { description: 'Sections the reader is shown; a partner those it is a party of.' })
  sections!: string[];
  @Field(() => Int, { description: 'How many records a page holds at most.' })
  recordsAtOnce!: number;
}
