-- What a campaign gave is a lot of the purchase that earned it, whole.
select c.bucket, c.wallet, c.lot_seq, c.points, l.quantity
  from campaign_lot c left join lot l using (bucket, wallet, lot_seq)
 where (l.seq, l.quantity) is distinct from (c.seq, c.points)
