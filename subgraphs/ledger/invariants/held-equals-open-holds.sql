-- What is on hold in a wallet is what its open holds set aside.
select bucket, wallet, w.held, h.points
  from wallet w
  full join (select bucket, wallet, sum(points) as points from hold where state = 'OPEN' group by bucket, wallet) h
 using (bucket, wallet)
 where coalesce(w.held, -1) <> coalesce(h.points, 0)
