/** Tables a row is only ever added to. */
const APPEND_ONLY = [
  'journal_transaction',
  'entry',
  'lot',
  'lot_terms',
  'lot_extension',
  'claim',
  'money_entry',
  'purchase',
  'purchase_return',
  'redemption_reversal',
  'award',
  'document',
  'command_refusal',
];

/** What the database itself refuses: a change of what was posted, and balances that are not their entries. */
export const GUARDS = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'LEDGER_APPEND_ONLY: % of % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$$;
${APPEND_ONLY.map(
  (table) => `create trigger ${table}_append_only before update or delete or truncate on ${table}
  for each statement execute function refuse_change();`,
).join('\n')}
create function check_balances() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select j.wallet, j.seq into wrong
    from posted j
    left join lateral (
      select p.available_after, p.pending_after, p.held_after, p.arrears_after from journal_transaction p
       where p.bucket = j.bucket and p.wallet = j.wallet and p.seq = j.seq - 1) b on true
    cross join lateral (
      select coalesce(sum(case when e.credit_kind = 'AVAILABLE' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'AVAILABLE' then e.amount else 0 end), 0) as available,
             coalesce(sum(case when e.credit_kind = 'PENDING' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'PENDING' then e.amount else 0 end), 0) as pending,
             coalesce(sum(case when e.credit_kind = 'HELD' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'HELD' then e.amount else 0 end), 0) as held,
             coalesce(sum(case when e.debit_kind = 'ARREARS' then e.amount else 0 end)
               - sum(case when e.credit_kind = 'ARREARS' then e.amount else 0 end), 0) as arrears
        from entry e where e.bucket = j.bucket and e.wallet = j.wallet and e.seq = j.seq) s
   where j.available_after <> coalesce(b.available_after, 0) + s.available
      or j.pending_after <> coalesce(b.pending_after, 0) + s.pending
      or j.held_after <> coalesce(b.held_after, 0) + s.held
      or j.arrears_after <> coalesce(b.arrears_after, 0) + s.arrears
      or (j.seq > 1 and b.available_after is null)
   limit 1;
  if found then
    raise exception 'LEDGER_UNBALANCED: version % of wallet % is not its entries', wrong.seq, wrong.wallet
      using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger journal_transaction_balanced after insert on journal_transaction
  referencing new table as posted for each statement execute function check_balances();
`;
