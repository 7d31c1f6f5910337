-- An approved rule is a version of it, from the instant that was approved, and somebody else approved it unless one person may.
select proposal.id, proposal.partner_id, proposal.code, proposal.version, proposal.proposed_by, proposal.decided_by
  from rule_proposal as proposal
  join programme on programme.id = proposal.programme_id
  left join purchase_rule as rule
    on rule.partner_id = proposal.partner_id and rule.code = proposal.code and rule.version = proposal.version
  left join earning_rule as base
    on base.partner_id = proposal.partner_id and base.version = proposal.version and proposal.operation = 'setEarningRule'
 where proposal.state = 'APPROVED'
   and (coalesce(rule.valid_from, base.valid_from) is distinct from (proposal.change::jsonb ->> 'validFrom')::timestamptz
        or (rule.id is not null and rule.terms #>> '{effect,kind}' is distinct from proposal.change::jsonb #>> '{effect,kind}')
        or (base.id is not null and base.points::text is distinct from proposal.change::jsonb ->> 'points')
        or (proposal.proposed_by = proposal.decided_by and not (programme.is_sandbox and programme.single_approver)));
