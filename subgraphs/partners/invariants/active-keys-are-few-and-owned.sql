-- An active key belongs to a partner that has not left, in the partner's own programme, which has at most two such keys.
with active as (
  select partner_key.id, partner_key.programme_id, partner_key.partner_id,
         count(*) over (partition by partner_key.partner_id) as keys
    from partner_key
   where revoked_at is null and (expires_at is null or expires_at > now())
)
select active.id, active.partner_id, active.keys, partner.status
  from active
  left join partner on partner.id = active.partner_id and partner.programme_id = active.programme_id
 where partner.id is null or partner.status = 'LEFT' or active.keys > 2;
