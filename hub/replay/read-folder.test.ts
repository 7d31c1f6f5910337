import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCampaigns } from './campaign-rows';
import { readFolder } from './read-folder';

const sound = {
  'partners.csv': 'partner_id,name\nP1,Grocer\nP2,"Books, and more"\n',
  'members.csv': 'member_id,age\nm1,40\nm2,\n',
  'purchases.csv':
    'purchase_id,member_id,partner_id,branch_id,occurred_at,currency,amount\n' +
    'a1,m1,P1,b1,2017-01-01T10:00:00,USD,12.34\n' +
    'a2,m2,P2,b1,2017-01-01T11:00:00,USD,0.00\n',
  'redemptions.csv': 'redemption_id,member_id,partner_id,redeemed_on\nr1,m1,P2,2017-01-02\n',
};

describe('reading a replay folder', () => {
  let folder: string;
  const write = (files: Partial<Record<keyof typeof sound, string>>) => {
    for (const [name, text] of Object.entries({ ...sound, ...files })) writeFileSync(join(folder, name), text);
  };
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hub-replay-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads every sound row', async () => {
    write({});
    const read = await readFolder(folder);
    expect(read.rejected).toEqual([]);
    expect(read.partners.map(({ name }) => name)).toEqual(['Grocer', 'Books, and more']);
    expect(read.purchases.map(({ amountMinor }) => amountMinor)).toEqual([1234n, 0n]);
    expect(read.redemptions).toEqual([
      { line: 2, redemptionId: 'r1', memberId: 'm1', partner: 'P2', day: '2017-01-02' },
    ]);
  });

  it('sets a bad row aside with its file, line and reason, and keeps its neighbours', async () => {
    write({
      'purchases.csv': [
        'purchase_id,member_id,partner_id,branch_id,occurred_at,currency,amount',
        'ok,m1,P1,b1,2017-01-01T10:00:00,USD,1.00',
        'x1,nobody,P1,b1,2017-01-01T10:00:00,USD,1.00',
        'x2,m1,P9,b1,2017-01-01T10:00:00,USD,1.00',
        'x3,m1,P1,b1,2017-02-31T10:00:00,USD,1.00',
        'x4,m1,P1,b1,2017-01-01T10:00:00,EUR,1.00',
        'x5,m1,P1,b1,2017-01-01T10:00:00,USD,-1.00',
        'x6,m1,P1,b1,2017-01-01T10:00:00,USD,"1,000"',
        'x7,m1,P1',
        'ok,m1,P1,b1,2017-01-01T10:00:00,USD,1.00',
        ',m1,P1,b1,2017-01-01T10:00:00,USD,1.00',
        'fine,m2,P2,b1,2017-01-01T10:00:00,USD,1.00',
        '',
      ].join('\n'),
    });
    const read = await readFolder(folder);
    expect(read.purchases.map(({ purchaseId }) => purchaseId)).toEqual(['ok', 'fine']);
    expect(read.rejected.map(({ file, line }) => `${file}:${line}`)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => `purchases.csv:${line}`),
    );
    expect(read.rejected.map(({ reason }) => reason)).toEqual([
      'member_id "nobody" is not in members.csv',
      'partner_id "P9" is not in partners.csv',
      'occurred_at "2017-02-31T10:00:00" is not a time like 2017-01-31T10:05:51',
      'currency "EUR" is not USD',
      'amount "-1.00" is not an amount like 12.34, zero or more',
      'amount "1,000" is not an amount like 12.34, zero or more',
      'it has 3 columns where the first line has 7',
      'purchase_id is that of line 2',
      'purchase_id is empty',
    ]);
  });

  it('reports a line that is not CSV and reads on', async () => {
    write({ 'members.csv': 'member_id,age\nm1,40\nm"3,5\nm2,7\n' });
    const read = await readFolder(folder);
    expect(read.members.map(({ memberId }) => memberId)).toEqual(['m1', 'm2']);
    expect(read.rejected).toEqual([expect.objectContaining({ file: 'members.csv', line: 3 })]);
  });

  it('refuses a folder that lacks a file or a column, naming it', async () => {
    write({ 'purchases.csv': 'purchase_id,member_id\n' });
    await expect(readFolder(folder)).rejects.toThrow(
      /purchases\.csv lacks the columns partner_id, branch_id, occurred_at/,
    );
    rmSync(join(folder, 'redemptions.csv'));
    await expect(readFolder(folder)).rejects.toMatchObject({ code: 'HUB_REPLAY_FILE_MISSING' });
  });
});

describe('reading the campaigns of a replay folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hub-replay-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('sets a day that there is not aside, and takes no response of a redemption that was set aside', async () => {
    const files = {
      ...sound,
      'redemptions.csv': [
        'redemption_id,campaign_id,member_id,partner_id,redeemed_on',
        'r1,c1,m1,P2,2017-13-01',
        'r1,c1,m1,P2,2017-01-02',
        'r2,c1,nobody,P2,2017-01-02',
        'r3,c1,m2,P9,2017-01-02',
        'r4,c2,m2,P2,2017-01-03',
        '',
      ].join('\n'),
      'campaigns.csv':
        'campaign_id,campaign_type,start_date,end_date\nc1,A,2017-01-01,2017-02-28\nc2,A,2017-01-01,2017-02-30\n',
      'campaign_targets.csv': 'campaign_id,member_id\nc1,m1\n',
      'coupons.csv': 'campaign_id,coupon_upc,partner_id\nc1,u1,P2\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const read = await readCampaigns(folder, await readFolder(folder));
    expect(read.campaigns.map(({ campaignId }) => campaignId)).toEqual(['c1']);
    expect(read.rejected).toEqual([
      { file: 'campaigns.csv', line: 3, reason: 'start_date and end_date are not two days in their order' },
    ]);
    expect(read.responses).toEqual([
      { line: 3, redemptionId: 'r1', campaignId: 'c1', memberId: 'm1', partner: 'P2', day: '2017-01-02' },
    ]);
  });
});
