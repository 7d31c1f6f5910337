-- A wallet's journal is numbered 1, 2, 3 … up to the wallet's version, in the wallet's programme.
select bucket, wallet, w.seq, t.last, t.transactions
  from wallet w
  full join (
    select bucket, wallet, min(seq) as first, max(seq) as last, count(*) as transactions,
           min(programme_id::text) as programme, max(programme_id::text) as other_programme
      from journal_transaction group by bucket, wallet
  ) t using (bucket, wallet)
 where w.seq is null
    or (t.last is null and w.seq <> 0)
    or (t.last is not null and (t.first <> 1 or t.last <> w.seq or t.transactions <> w.seq
        or t.programme <> w.programme_id::text or t.other_programme <> w.programme_id::text))
