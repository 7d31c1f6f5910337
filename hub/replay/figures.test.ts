import { dollars, filesOf, type ReplayFigures } from './figures';

const figures: ReplayFigures = {
  partners: [
    {
      partner: 'P2',
      purchases: 1n,
      distinctMembers: 1n,
      amountMinor: 199n,
      issued: 1n,
      receives: 3n,
      owes: 10n,
      netMinor: -7n,
      outstanding: 5n,
      expired: 2n,
    },
  ],
  members: [
    { memberId: 'm2', earned: 1n, spent: 0n, expired: 0n, balance: 1n },
    { memberId: 'm1', earned: 2n, spent: 1n, expired: 0n, balance: 1n },
  ],
  matrix: [{ issuer: 'P2', redeemer: 'P1', points: 10n, valueMinor: 10n }],
  declined: ['r2', 'r1'],
  summary: {
    programme: 'p',
    expire_after_days: null,
    points_issued: 3,
    points_spent: 1,
    points_expired: 0,
    points_outstanding: 2,
    redemptions_accepted: 1,
    redemptions_declined: 2,
    cross_partner_points: 10,
    members_with_ledger: 2,
    purchases_accepted: 1,
    rows_rejected: 1,
  },
  rejected: [{ file: 'purchases.csv', line: 7, reason: '=cmd, "quoted"' }],
};

describe('the result files of a replay', () => {
  it('are written in the columns and order that can be compared line by line', () => {
    const files = filesOf(figures);
    expect(files['net_positions.csv']).toBe(
      'partner_id,receives_points,owes_points,net_points,net_usd,outstanding_points,breakage_points\nP2,3,10,-7,-0.07,5,2\n',
    );
    expect(files['member_balances.csv']).toBe('member_id,earned,spent,expired,balance\nm1,2,1,0,1\nm2,1,0,0,1\n');
    expect(files['declined_redemptions.csv']).toBe('redemption_id\nr1\nr2\n');
  });

  it('tell of each verdict what speaks for a campaign and what speaks against it', () => {
    const verdict = { campaignId: '8', month: '2017-05', verdict: 'CHANGE' };
    const reasons = [
      { kind: 'UPLIFT', finding: 'UNKNOWN', measuredPpm: null },
      { kind: 'OPEN_RATE', finding: 'FOR', measuredPpm: 200_000n },
      { kind: 'SPEND_CHANGE', finding: 'AGAINST', measuredPpm: -12_345n },
      { kind: 'POINTS_SPENT_CHANGE', finding: 'FOR', measuredPpm: 940_000n },
    ];
    expect(filesOf({ ...figures, verdicts: [{ ...verdict, reasons }] })['campaign_verdicts.csv']).toBe(
      'campaign_id,month,verdict,for_pct,against_pct,unknown_pct\n' +
        '8,2017-05,CHANGE,OPEN_RATE 20.0000; POINTS_SPENT_CHANGE 94.0000,SPEND_CHANGE -1.2345,UPLIFT\n',
    );
    expect(filesOf(figures)['campaign_verdicts.csv']).toBeUndefined();
  });

  it('show a reason that looks like a formula as text', () => {
    expect(filesOf(figures)['rejected_rows.csv']).toBe(`file,line,reason\npurchases.csv,7,"'=cmd, ""quoted"""\n`);
  });

  it('write cents as dollars with two places, also below one', () => {
    expect([dollars(0n), dollars(5n), dollars(-5n), dollars(-12345n)]).toEqual(['0.00', '0.05', '-0.05', '-123.45']);
  });
});
