-- A member can spend exactly what remains in their open lots.
select bucket, wallet, w.available, o.remaining
  from wallet w
  full join (select bucket, wallet, sum(remaining) as remaining from open_lot group by bucket, wallet) o using (bucket, wallet)
 where coalesce(w.available, -1) <> coalesce(o.remaining, 0)
