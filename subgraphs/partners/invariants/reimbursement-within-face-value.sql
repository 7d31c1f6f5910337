-- A contract never pays a redeemer more for a point than the programme says a point is worth.
select contract.id, contract.partner_id, contract.reimbursement_micros, programme.face_value_micros
  from contract
  join programme on programme.id = contract.programme_id
 where contract.reimbursement_micros > programme.face_value_micros;
