import { Command, Option } from 'commander';
import type { MemberId, PartnerId } from '../../kernel/values/id';
import { Fault } from '../../kernel/errors/fault';
import { issueKey, issuerOf, mintToken, readPartners } from '../client/credentials';
import { findProgramme } from '../client/found-programme';
import { GraphConnection, type GraphCaller } from '../client/graph';
import { readHubConfig } from '../composition/config';
import { openHub, type Hub } from '../composition/open-hub';
import { print } from '../console';

interface TokenFlags {
  readonly role: 'host' | 'admin' | 'finance' | 'staff' | 'member' | 'partner';
  readonly programme: string;
  readonly partner?: string;
  readonly member?: string;
}

/** `hub token`: any credential a client needs; standard output holds it and nothing else. */
export function tokenCommand(): Command {
  return new Command('token')
    .description('Prints one credential: a token of the development issuer, or a new partner key.')
    .addOption(
      new Option('--role <role>', 'who it is for')
        .choices(['host', 'admin', 'finance', 'staff', 'member', 'partner'])
        .makeOptionMandatory(),
    )
    .option('--programme <key>', 'the programme it belongs to', 'demo')
    .option('--partner <code>', 'the partner, for staff and partner')
    .option('--member <id>', 'the member, for member')
    .addHelpText(
      'after',
      '\nWorks while the hub runs and while it does not. A partner has two keys at most: a third replaces the oldest, ' +
        'and the command says which it revoked.',
    )
    .action(async (flags: TokenFlags) => {
      const hub = await openHub({ config: readHubConfig(), port: 0 });
      try {
        print(await credentialOf(hub, flags));
      } finally {
        await hub.close();
      }
    });
}

/** Makes the credential that the flags describe. */
export async function credentialOf(hub: Hub, { role, programme, partner, member }: TokenFlags): Promise<string> {
  const issuer = issuerOf(hub);
  if (role === 'host') return mintToken(issuer, { role });
  const connection = new GraphConnection(hub.url);
  try {
    const found = await findProgramme(connection, issuer, programme);
    if (found === null)
      throw new Fault(
        'HUB_PROGRAMME_UNKNOWN',
        `There is no programme ${programme}. hub seed makes the programme demo.`,
      );
    if (role === 'admin' || role === 'finance') return await mintToken(issuer, { role, programme: found.id });
    if (role === 'member') {
      const id = needed(member, '--member', role) as MemberId;
      if (!(await isMember(found.admin, id)))
        throw new Fault('HUB_MEMBER_UNKNOWN', `${programme} has no member ${id}.`);
      return await mintToken(issuer, { role, programme: found.id, member: id, subject: id });
    }
    const code = needed(partner, '--partner', role);
    const partners = await readPartners(found.admin);
    const brand = partners.find((candidate) => candidate.code === code);
    if (brand === undefined) {
      throw new Fault(
        'HUB_PARTNER_UNKNOWN',
        `${programme} has no partner ${code}; it has ${partners.map((known) => known.code).join(', ')}.`,
      );
    }
    if (role === 'partner') return await issueKey(found.admin, brand);
    return await mintToken(issuer, { role, programme: found.id, partner: brand.id as PartnerId });
  } finally {
    await connection.close();
  }
}

async function isMember(admin: GraphCaller, id: string): Promise<boolean> {
  const query = 'query Find($ref: MemberRefInput!) { member(ref: $ref) { id } }';
  return (await admin.ask<{ member: object | null }>(query, { ref: { id } })).member !== null;
}

function needed(value: string | undefined, option: string, role: string): string {
  if (value !== undefined) return value;
  throw new Fault('HUB_OPTION_MISSING', `A ${role} needs ${option}.`);
}
