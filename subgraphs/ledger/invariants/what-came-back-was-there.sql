-- No redemption is reversed and no purchase returned beyond what it was, and what is noted of it is what entries moved.
select r.bucket, r.wallet, r.redemption_seq as seq, r.points, e.spent
  from (select bucket, wallet, redemption_seq, sum(points) as points from redemption_reversal group by 1, 2, 3) r
  left join (
    select bucket, wallet, seq, sum(amount) as spent from entry where credit_kind = 'REDEEMED' group by bucket, wallet, seq
  ) e on e.bucket = r.bucket and e.wallet = r.wallet and e.seq = r.redemption_seq
 where r.points > coalesce(e.spent, 0)
 union all
select bucket, wallet, seq, r.points, e.points
  from redemption_reversal r
  full join (
    select bucket, wallet, seq, sum(amount) as points from entry where debit_kind = 'REDEEMED' group by bucket, wallet, seq
  ) e using (bucket, wallet, seq)
 where r.points is distinct from e.points
 union all
select r.bucket, r.wallet, r.purchase_seq, r.amount_minor, p.amount_minor
  from (
    select bucket, wallet, purchase_seq, sum(amount_minor) as amount_minor from purchase_return group by bucket, wallet, purchase_seq
  ) r
  left join purchase p on p.bucket = r.bucket and p.wallet = r.wallet and p.seq = r.purchase_seq
 where r.amount_minor > coalesce(p.amount_minor, -1)
 union all
select r.bucket, r.wallet, r.seq, r.clawed_back, e.points
  from purchase_return r
  left join (
    select bucket, wallet, seq, sum(amount) as points from entry where credit_kind = 'CLAWED_BACK' group by bucket, wallet, seq
  ) e using (bucket, wallet, seq)
 where r.clawed_back <> coalesce(e.points, 0)
