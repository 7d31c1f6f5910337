-- Whom a member owes points, and how many, is what entries opened less what was filled.
select bucket, wallet, creditor, o.points as shown, e.points as by_entries
  from (
    select w.bucket, w.wallet, coalesce(r.creditor::text, 'hub') as creditor, r.points
      from wallet w, jsonb_to_recordset(w.owed) as r(creditor uuid, points bigint)
  ) o
  full join (
    select bucket, wallet, coalesce(owner::text, 'hub') as creditor, sum(points) as points
      from (
        select bucket, wallet, debit_owner as owner, amount as points from entry where debit_kind = 'ARREARS'
        union all
        select bucket, wallet, credit_owner, -amount from entry where credit_kind = 'ARREARS'
      ) one
     group by 1, 2, 3 having sum(points) <> 0
  ) e using (bucket, wallet, creditor)
 where o.points is distinct from e.points
