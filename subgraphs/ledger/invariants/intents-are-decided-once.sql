-- An intent was either posted or refused.
select bucket, wallet, command_hash from journal_transaction join command_refusal using (bucket, wallet, command_hash)
