import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import {
  openPackage,
  readPackageRecords,
  readSignedHead,
  shownSections,
  type PackageReader,
  type PackageRecord,
} from '../../app/closing-package/read-closing-package';
import { signingKeyOf } from '../../app/closing-package/signing-key';
import type { LedgerContext } from '../context';
import { ClosingPackageType, PackageKeyType, PackageRecordType } from './closing-package.type';

const RECORDS_AT_ONCE = 500;

interface OpenedPackage extends ClosingPackageType {
  readonly reader: PackageReader;
}

/** Closing packages. */
@Resolver(() => ClosingPackageType)
export class ClosingPackageQuery {
  @Query(() => ClosingPackageType, {
    nullable: true,
    description:
      'The closing package of a cycle, from NETTED on. Partner, staff: their own sections; admin, finance: all.',
  })
  async closingPackage(
    @Arg('cycleId', () => ID, { description: 'The cycle.' }) cycleId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<OpenedPackage | null> {
    const reader = await openPackage(ledger, principal, cycleId);
    if (reader === null) return null;
    const signed = await readSignedHead(ledger, reader);
    const key = { id: signed.keyId, publicKey: signed.publicKey };
    const { head, signature } = signed;
    return { head, signature, key, sections: shownSections(signed, reader), recordsAtOnce: RECORDS_AT_ONCE, reader };
  }

  @Query(() => PackageKeyType, {
    nullable: true,
    description: 'The key that closing packages are signed with now. Anybody with a credential; null without one.',
  })
  packageKey(@Ctx() { ledger, principal }: LedgerContext): PackageKeyType | null {
    if (principal.kind === 'anonymous') return null;
    const { id, publicKey } = signingKeyOf(ledger.secrets);
    return { id, publicKey };
  }

  @FieldResolver(() => [PackageRecordType], { description: 'Records of a section, from one of its places on.' })
  records(
    @Root() { reader }: OpenedPackage,
    @Arg('section', () => String, { description: 'The section.' }) section: string,
    @Arg('from', () => Int, { defaultValue: 0, description: 'The place of the first; 0 is the section’s beginning.' })
    from: number,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<PackageRecord[]> {
    return readPackageRecords(ledger, reader, { section, from: Math.max(0, from), limit: RECORDS_AT_ONCE });
  }
}
