import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../kernel/errors/fault';
import { isDay } from '../../kernel/values/instant';
import { readRows, type ReplayFolder } from './read-folder';
import { readRedemption, type Columns, type Known, type Placed, type Read, type RejectedRow } from './rows';
import { byText, groupBy } from './waves';

/** A mailed campaign of a folder. */
export interface CampaignRow {
  readonly campaignId: string;
  readonly type: string;
  /** The brand most of its coupons are for; of several the first by code. */
  readonly partner: string;
  /** First and last day, ISO dates, local. */
  readonly startsOn: string;
  readonly endsOn: string;
  /** Members it was mailed to. */
  readonly targets: readonly string[];
}

/** A coupon of a campaign that was used. */
export interface ResponseRow {
  readonly redemptionId: string;
  readonly campaignId: string;
  readonly memberId: string;
  readonly partner: string;
  readonly day: string;
}

/** The campaigns of a folder. */
export interface FolderCampaigns {
  readonly campaigns: readonly CampaignRow[];
  readonly responses: readonly Placed<ResponseRow>[];
  readonly rejected: readonly RejectedRow[];
}

const COLUMNS = {
  'campaigns.csv': ['campaign_id', 'campaign_type', 'start_date', 'end_date'],
  'campaign_targets.csv': ['campaign_id', 'member_id'],
  'coupons.csv': ['campaign_id', 'coupon_upc', 'partner_id'],
  'redemptions.csv': ['redemption_id', 'campaign_id', 'member_id', 'partner_id', 'redeemed_on'],
} as const;
type CampaignFile = keyof typeof COLUMNS;

/**
 * Reads the campaigns of a folder, whom they were mailed to, and which coupons were used. A row that cannot be used is set aside.
 *
 * @param parties who is in the folder: a coupon of anybody else was set aside when it was read
 * @throws Fault HUB_REPLAY_FILE_MISSING, HUB_REPLAY_COLUMN_MISSING
 */
export async function readCampaigns(
  folder: string,
  parties: Pick<ReplayFolder, 'members' | 'partners'>,
): Promise<FolderCampaigns> {
  const files = Object.keys(COLUMNS) as CampaignFile[];
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new Fault('HUB_REPLAY_FILE_MISSING', `${folder} lacks ${missing.join(', ')}`);
  const rejected: RejectedRow[] = [];
  const read = <Row>(file: CampaignFile, idColumns: readonly string[], readRow: (columns: Columns) => Read<Row>) =>
    readRows({ folder, file, required: COLUMNS[file], idColumns, readRow, rejected });
  const mailed = await read('campaigns.csv', ['campaign_id'], readCampaign);
  const known = new Set(mailed.map(({ campaignId }) => campaignId));
  const ofKnown = (columns: Columns) => readOfCampaign(columns, known);
  const targets = groupBy(await read('campaign_targets.csv', ['campaign_id', 'member_id'], ofKnown), byCampaign);
  const coupons = groupBy(await read('coupons.csv', ['campaign_id', 'coupon_upc'], ofKnown), byCampaign);
  const among = {
    members: new Set(parties.members.map(({ memberId }) => memberId)),
    partners: new Set(parties.partners.map(({ code }) => code)),
  };
  // What is wrong with a redemption itself was reported when the folder was read.
  const used = await readRows<ResponseRow>({
    ...{ folder, file: 'redemptions.csv', required: COLUMNS['redemptions.csv'], idColumns: ['redemption_id'] },
    ...{ readRow: (columns) => readResponse(columns, { campaigns: known, parties: among }), rejected: [] },
  });
  return {
    campaigns: mailed.map((row) => ({
      ...row,
      partner: mostOften((coupons.get(row.campaignId) ?? []).map(({ partner }) => partner)),
      targets: (targets.get(row.campaignId) ?? []).map(({ memberId }) => memberId),
    })),
    responses: used,
    rejected,
  };
}

const byCampaign = ({ campaignId }: { campaignId: string }): string => campaignId;

function readCampaign(columns: Columns): Read<Pick<CampaignRow, 'campaignId' | 'type' | 'startsOn' | 'endsOn'>> {
  const {
    campaign_id: campaignId = '',
    campaign_type: type = '',
    start_date: startsOn = '',
    end_date: endsOn = '',
  } = columns;
  if (!/^[A-Za-z0-9_-]{1,30}$/.test(campaignId)) {
    return { reason: `campaign_id ${JSON.stringify(campaignId)} is not 1 to 30 letters, digits, - or _` };
  }
  if (!isDay(startsOn) || !isDay(endsOn) || startsOn > endsOn)
    return { reason: 'start_date and end_date are not two days in their order' };
  return { row: { campaignId, type, startsOn, endsOn } };
}

function readOfCampaign(
  columns: Columns,
  known: ReadonlySet<string>,
): Read<{ campaignId: string; memberId: string; partner: string }> {
  const { campaign_id: campaignId = '', member_id: memberId = '', partner_id: partner = '' } = columns;
  if (!known.has(campaignId)) return { reason: `campaign_id ${JSON.stringify(campaignId)} is not in campaigns.csv` };
  return { row: { campaignId, memberId, partner } };
}

function readResponse(
  columns: Columns,
  known: { readonly campaigns: ReadonlySet<string>; readonly parties: Known },
): Read<ResponseRow> {
  const redemption = readRedemption(columns, known.parties);
  if ('reason' in redemption) return redemption;
  const response = readOfCampaign(columns, known.campaigns);
  return 'reason' in response ? response : { row: { ...redemption.row, ...response.row } };
}

function mostOften(names: readonly string[]): string {
  const groups = [...groupBy(names, (name) => name)].toSorted(byText(([name]) => name));
  return groups.reduce((best, one) => (one[1].length > best[1].length ? one : best), ['', [] as string[]])[0];
}
