-- What the bank confirmed of a partner is what was to be paid to it or by it, in a cycle whose payments were instructed.
select b.programme_id, b.end_to_end_id, b.cycle_id, b.partner_id, b.amount_minor, b.currency, n.pay_amount_minor, c.state
  from bank_entry b
  left join settlement_cycle c on c.id = b.cycle_id and c.programme_id = b.programme_id
  left join net_position n on n.cycle_id = b.cycle_id and n.party_id = b.partner_id
 where c.state is null or c.state not in ('INSTRUCTED', 'SETTLED', 'LOCKED')
    or abs(coalesce(n.pay_amount_minor, 0)) <> b.amount_minor
    or b.currency <> coalesce(n.pay_currency, c.currency)
