-- An approved proposal is a version of the contract, in its own words, and somebody else approved it unless one person may.
select proposal.id, proposal.partner_id, proposal.version, proposal.proposed_by, proposal.decided_by
  from contract_proposal as proposal
  join programme on programme.id = proposal.programme_id
  left join contract on contract.partner_id = proposal.partner_id and contract.version = proposal.version
 where proposal.state = 'APPROVED'
   and (contract.id is null
        or contract.reimbursement_micros::text is distinct from proposal.terms::jsonb ->> 'reimbursementMicros'
        or contract.fee_micros::text is distinct from proposal.terms::jsonb ->> 'feeMicros'
        or contract.settlement_model is distinct from proposal.terms::jsonb ->> 'settlementModel'
        or contract.valid_from is distinct from (proposal.terms::jsonb ->> 'validFrom')::timestamptz
        or (proposal.proposed_by = proposal.decided_by and not (programme.is_sandbox and programme.single_approver)));
