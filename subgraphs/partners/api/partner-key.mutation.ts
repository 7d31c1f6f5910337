import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { issuePartnerKey } from '../app/issue-partner-key';
import { revokePartnerKey } from '../app/revoke-partner-key';
import type { PartnersContext } from './context';
import { IssuePartnerKeyInput, RevokePartnerKeyInput } from './partner.type';
import { answer, IssuePartnerKeyResult, RevokePartnerKeyResult } from './result.type';

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

  @Mutation(() => RevokePartnerKeyResult, { description: 'Revokes a key for good, open sockets included. Admin.' })
  revokePartnerKey(
    @Arg('input', () => RevokePartnerKeyInput, { description: 'The key.' }) input: RevokePartnerKeyInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('RevokePartnerKeySuccess', input, () => revokePartnerKey(setting, principal, input));
  }
}
