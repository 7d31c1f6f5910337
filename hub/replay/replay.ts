import type { DevelopmentIssuer } from '../../gateway/main';
import { startOfDay } from '../../kernel/values/instant';
import { partnerKeys, readPartners } from '../client/credentials';
import { foundProgramme } from '../client/found-programme';
import { GraphConnection, type GraphCaller } from '../client/graph';
import type { FolderCampaigns } from './campaign-rows';
import { closeCycle } from './close-cycle';
import type { ReplayFigures, ReplaySummary } from './figures';
import { CampaignPoster } from './post-campaigns';
import { EventPoster } from './post-events';
import type { ReplayTerms } from './programme-key';
import { Progress } from './progress';
import { readBook, readMembers, sum } from './read-figures';
import type { ReplayFolder } from './read-folder';
import { REPLAY_CURRENCY, REPLAY_TIME_ZONE } from './rows';
import { planDays, throughYearEnd, type ReplayDay } from './waves';

export interface ReplayOptions {
  /** Origin of a hub that runs. */
  readonly url: string;
  readonly issuer: DevelopmentIssuer;
  /** Keeps the partner keys between runs. */
  readonly dataDir: string;
  readonly programmeKey: string;
  readonly folder: ReplayFolder;
  /** Null: the folder's campaigns are left out. */
  readonly campaigns: FolderCampaigns | null;
  readonly terms: ReplayTerms;
  readonly concurrency: number;
  readonly tell: (line: string) => void;
  /** Looked at between two days; true ends the replay there. */
  readonly isStopping: () => boolean;
}

/** One cent a point, in millionths of a dollar. */
const FACE_VALUE_MICROS = 10_000n;

/**
 * Posts a folder into a programme through the public graph and reads the closed books back.
 *
 * Everything it sends has a key that follows from the folder alone, so running it again repeats answers and no effects:
 * an interrupted replay is finished by running it again.
 *
 * @returns null when it was told to stop
 */
export async function replay(options: ReplayOptions): Promise<ReplayFigures | null> {
  const { folder, programmeKey, issuer, tell, concurrency } = options;
  const connection = new GraphConnection(options.url, concurrency);
  try {
    const days = throughYearEnd(planDays(folder.purchases, folder.redemptions));
    const { admin, wasThere } = await foundProgramme(connection, issuer, foundationOf(options, days));
    tell(`programme ${programmeKey} ${wasThere ? 'is resumed' : 'was founded'}`);
    const keys = await partnerKeys({ connection, admin, dataDir: options.dataDir, programmeKey });
    const partners = new Map([...keys].map(([code, key]) => [code, connection.as(key)]));
    let progress = new Progress('enrolments', 0, tell);
    const poster = new EventPoster({ admin, partners, concurrency, onPosted: (events) => progress.advance(events) });
    const enrolments = enrolmentsOf(folder);
    progress = new Progress('enrolments', enrolments.length, tell);
    const ids = await poster.enrol(enrolments);
    progress.finish();
    // Campaigns of a past year on the machine's clock would be over, and judged, before anything happened.
    if (days[0] !== undefined) await poster.beginAt(days[0].day);
    const mailing = await beginCampaigns(options, { admin, partners, memberIds: ids });
    progress = new Progress('events', folder.purchases.length + folder.redemptions.length, tell);
    for (const day of days) {
      if (options.isStopping()) return null;
      await poster.post(day);
      await mailing?.respond(day.day);
    }
    await mailing?.respondToOthers();
    progress.finish();
    const cycleId = await closeCycle(admin, 'replay');
    const campaigns = await mailing?.read();
    const verdicts = await mailing?.readVerdicts();
    const codeOf = new Map((await readPartners(admin)).map(({ id, code }) => [id, code]));
    const book = await readBook(admin, cycleId, codeOf);
    const members = await readMembers(admin, membersWithEvents(folder, ids));
    return {
      ...book,
      members,
      ...{ campaigns, verdicts },
      ...leftOvers(options, poster, mailing),
      summary: summarise(options, { poster, mailing }, { ...book, members }),
    };
  } finally {
    await connection.close();
  }
}

function foundationOf({ folder, programmeKey, terms }: ReplayOptions, days: readonly ReplayDay[]) {
  const firstDay = days[0]?.day ?? '2000-01-01';
  return {
    key: programmeKey,
    name: `Replay ${programmeKey}`,
    currencyName: 'points',
    currency: REPLAY_CURRENCY,
    faceValueMicros: FACE_VALUE_MICROS,
    timeZone: REPLAY_TIME_ZONE,
    defaultLanguage: 'en',
    pointsValidityDays: terms.expireAfterDays,
    // The year is over: nobody is told of points that expired in it.
    expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [] },
    opensAt: startOfDay(firstDay, REPLAY_TIME_ZONE, -1),
    tiers: [
      { code: 'BASE', name: 'Base', thresholdPoints: 0n },
      { code: 'SILVER', name: 'Silver', thresholdPoints: 100n },
      { code: 'GOLD', name: 'Gold', thresholdPoints: 500n },
    ],
    // One point per whole dollar.
    partners: folder.partners.map(({ code, name }) => ({ code, name, points: 1n, perAmountMinor: 100n })),
  };
}

/** Each member at each partner where it has events, and at the first partner when it has none. */
function enrolmentsOf({
  members,
  partners,
  purchases,
  redemptions,
}: ReplayFolder): { memberId: string; partner: string }[] {
  const at = new Map<string, Set<string>>(members.map(({ memberId }) => [memberId, new Set<string>()]));
  for (const { memberId, partner } of [...purchases, ...redemptions]) at.get(memberId)?.add(partner);
  const [first] = partners;
  return [...at].flatMap(([memberId, visited]) => {
    const places = visited.size > 0 ? [...visited].sort() : first === undefined ? [] : [first.code];
    return places.map((partner) => ({ memberId, partner }));
  });
}

/** Members of the file that bought or redeemed, by the hub's ids. */
function membersWithEvents(
  { purchases, redemptions }: ReplayFolder,
  ids: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = new Set([...purchases, ...redemptions].map(({ memberId }) => memberId));
  return new Map([...names].flatMap((name) => (ids.has(name) ? [[ids.get(name)!, name] as const] : [])));
}

async function beginCampaigns(
  { campaigns, concurrency, tell }: ReplayOptions,
  {
    admin,
    partners,
    memberIds,
  }: { admin: GraphCaller; partners: ReadonlyMap<string, GraphCaller>; memberIds: ReadonlyMap<string, string> },
): Promise<CampaignPoster | undefined> {
  if (campaigns === null) return undefined;
  const partnerIds = new Map((await readPartners(admin)).map(({ id, code }) => [code, id]));
  const poster = new CampaignPoster(campaigns, { admin, partners, partnerIds, memberIds, concurrency });
  await poster.begin();
  tell(`${campaigns.campaigns.length} campaigns are in the rule book`);
  return poster;
}

function leftOvers(
  { folder, campaigns }: ReplayOptions,
  { outcome }: EventPoster,
  mailing: CampaignPoster | undefined,
): Pick<ReplayFigures, 'declined' | 'rejected'> {
  const ofCampaigns = [...(campaigns?.rejected ?? []), ...(mailing?.rejected ?? [])];
  return { declined: outcome.declined, rejected: [...folder.rejected, ...outcome.rejected, ...ofCampaigns] };
}

function summarise(
  { programmeKey, terms, folder, campaigns }: ReplayOptions,
  { poster: { outcome }, mailing }: { poster: EventPoster; mailing: CampaignPoster | undefined },
  { partners, matrix, members }: Pick<ReplayFigures, 'partners' | 'matrix' | 'members'>,
): ReplaySummary {
  const crossing = matrix.filter(({ issuer, redeemer }) => issuer !== redeemer);
  return {
    programme: programmeKey,
    expire_after_days: terms.expireAfterDays,
    points_issued: Number(sum(partners.map(({ issued }) => issued))),
    points_spent: Number(sum(matrix.map(({ points }) => points))),
    points_expired: Number(sum(partners.map(({ expired }) => expired))),
    points_outstanding: Number(sum(partners.map(({ outstanding }) => outstanding))),
    redemptions_accepted: outcome.redemptionsAccepted,
    redemptions_declined: outcome.declined.length,
    cross_partner_points: Number(sum(crossing.map(({ points }) => points))),
    members_with_ledger: members.length,
    purchases_accepted: outcome.purchasesAccepted,
    rows_rejected:
      folder.rejected.length +
      outcome.rejected.length +
      (campaigns?.rejected.length ?? 0) +
      (mailing?.rejected.length ?? 0),
  };
}
