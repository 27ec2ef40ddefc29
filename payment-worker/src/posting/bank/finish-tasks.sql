-- The bank has answered, and the ledger has it: nothing is left to ask.
--
-- $1 tasks uuid[] · $2 the batch's time timestamptz
-- By primary key.
UPDATE payment_tasks SET state = 'done', card_token = NULL, updated_at = $2::timestamptz
WHERE id = ANY ($1::uuid[])
