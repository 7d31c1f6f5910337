import { Arg, Ctx, Directive, Int, Mutation, Resolver } from 'type-graphql';
import { graphFault } from '../../../kernel/graph/fault';
import { isRefusal } from '../../../kernel/errors/refusal';
import { notePartnerKeyUses, setPartnerKeyAddresses } from '../app/change-partner-key';
import { issuePartnerKey } from '../app/issue-partner-key';
import { revokePartnerKey } from '../app/revoke-partner-key';
import type { PartnersContext } from './context';
import {
  IssuePartnerKeyInput,
  PartnerKeyUseInput,
  RevokePartnerKeyInput,
  SetPartnerKeyAddressesInput,
} from './partner.type';
import { answer, IssuePartnerKeyResult, RevokePartnerKeyResult, SetPartnerKeyAddressesResult } from './result.type';

/** Keys of partners' programs. */
@Resolver()
export class PartnerKeyMutation {
  @Mutation(() => IssuePartnerKeyResult, {
    description: 'Issues a key to a partner’s programs; its text is shown once. Admin.',
  })
  issuePartnerKey(
    @Arg('input', () => IssuePartnerKeyInput, { description: 'Whose key, and what it may do.' })
    input: IssuePartnerKeyInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('IssuePartnerKeySuccess', input, () => issuePartnerKey(setting, principal, input));
  }

  @Mutation(() => SetPartnerKeyAddressesResult, {
    description: 'Says from where a key may be used; open connections from elsewhere end. Admin.',
  })
  setPartnerKeyAddresses(
    @Arg('input', () => SetPartnerKeyAddressesInput, { description: 'The key, and from where.' })
    input: SetPartnerKeyAddressesInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetPartnerKeyAddressesSuccess', input, () => setPartnerKeyAddresses(setting, principal, input));
  }

  @Directive('@inaccessible')
  @Mutation(() => Int, { description: 'Takes down when keys were used last; how many were news. The gateway.' })
  async notePartnerKeyUses(
    @Arg('uses', () => [PartnerKeyUseInput], { description: 'Keys of one programme.' }) uses: PartnerKeyUseInput[],
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<number> {
    const noted = await notePartnerKeyUses(setting, principal, uses);
    if (isRefusal(noted)) throw graphFault('FORBIDDEN', noted.message);
    return noted;
  }

  @Mutation(() => RevokePartnerKeyResult, { description: 'Revokes a key for good, open sockets included. Admin.' })
  revokePartnerKey(
    @Arg('input', () => RevokePartnerKeyInput, { description: 'The key.' }) input: RevokePartnerKeyInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('RevokePartnerKeySuccess', input, () => revokePartnerKey(setting, principal, input));
  }
}
