import { compareWalletKeys } from '../../core/points/wallet';
import type { LinkKey } from '../../data/directory.store';
import type { LoadRequest } from '../../data/points/posting.store';
import { walletText, type WalletRequest } from '../../data/points/wallet-request';
import type { RuleBook } from '../../core/rule-book';
import { linksOf, NO_NEEDS, type PostingCommand } from './posting-command';

/** Rule books as last read. */
export interface HeldBooks {
  held(programmeId: PostingCommand['programmeId']): RuleBook | undefined;
}

/** What a batch of commands asks to be locked and loaded. */
export function requestOf(
  commands: readonly PostingCommand[],
  { shelf, persons, shares }: { shelf: HeldBooks } & Pick<LoadRequest, 'persons' | 'shares'>,
): LoadRequest {
  const wallets = new Map<string, WalletRequest>();
  const ask = (one: WalletRequest) => {
    const asked = wallets.get(walletText(one.key));
    wallets.set(walletText(one.key), asked === undefined ? one : merged(asked, one));
  };
  for (const { key, programmeId, opensWallet, isPreview, needs, others, otherLinks, link } of commands) {
    const opens = opensWallet && isPreview !== true;
    const isNew = opens && !link;
    const opensFor = opens && link ? [link] : NO_LINKS;
    // Where any activity extends all of a member's points, every rule needs them.
    const rolls = (shelf.held(programmeId)?.expiry.kind ?? 'ROLLING') === 'ROLLING';
    ask({ key, programmeId, isNew, opensFor, needs: rolls ? { ...needs, lots: true } : needs });
    for (const [n, { key: other }] of others.entries()) {
      const stoodOn = otherLinks?.[n];
      const links = stoodOn === undefined ? NO_LINKS : [stoodOn];
      ask({ key: other, programmeId, isNew: links === NO_LINKS, opensFor: links, needs: { ...NO_NEEDS, lots: true } });
    }
  }
  return {
    programmeIds: [...new Set(commands.map(({ programmeId }) => programmeId))],
    wallets: [...wallets.values()].sort((a, b) => compareWalletKeys(a.key, b.key)),
    keys: commands.flatMap((command) => keyOf(command) ?? []),
    documents: commands.flatMap(({ document }) => (document === null ? [] : [document.hash])),
    links: commands.flatMap(linksOf),
    persons,
    shares,
  };
}

/**
 * What two commands ask of one wallet, each thing once: a redemption asked for twice would be read twice, and look twice as
 * large to whoever undoes it.
 */
function merged(a: WalletRequest, b: WalletRequest): WalletRequest {
  const awards = [...a.needs.awards, ...b.needs.awards];
  return {
    ...a,
    isNew: a.isNew || b.isNew,
    opensFor: [...a.opensFor, ...b.opensFor],
    needs: {
      lots: a.needs.lots || b.needs.lots,
      pendingLots: a.needs.pendingLots || b.needs.pendingLots,
      pastLots: eachOnce(a.needs.pastLots, b.needs.pastLots),
      holds: eachOnce(a.needs.holds, b.needs.holds),
      redemptions: eachOnce(a.needs.redemptions, b.needs.redemptions),
      purchases: eachOnce(a.needs.purchases, b.needs.purchases),
      awards: [...new Map(awards.map((award) => [`${award.partnerId} ${award.action}`, award])).values()],
      qualifyingBefore: a.needs.qualifyingBefore ?? b.needs.qualifyingBefore,
    },
  };
}

function eachOnce(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  return [...new Set([...a, ...b])];
}

const NO_LINKS: readonly LinkKey[] = [];

/** The name of one intent as its row is found by; null for what falls due. */
export function keyOf({ key, intent }: PostingCommand) {
  return intent === null ? null : { key, hash: intent.hash };
}
