-- Each line's hash covers its text and the hash before it, numbers have no gap, and the head is the newest line's.
with chained as (
  select number, line, hash,
         lag(number, 1, 0::bigint) over (order by number) as number_before,
         lag(hash, 1, sha256('')) over (order by number) as hash_before
    from audit_line
), newest as (
  select coalesce(max(number), 0) as number from audit_line
)
select number, 'the line is not the one that was written, or one before it is missing' as what
  from chained
 where number <> number_before + 1 or hash <> sha256(hash_before || convert_to(line, 'UTF8'))
union all
select audit_head.number, 'the newest lines are missing'
  from audit_head, newest
 where audit_head.number <> newest.number
    or audit_head.hash <> coalesce((select hash from audit_line where audit_line.number = newest.number), sha256(''))
