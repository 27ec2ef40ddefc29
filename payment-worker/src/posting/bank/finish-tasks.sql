-- The bank has answered, and the ledger has it: nothing is left to ask.
--
-- $1 payment ids uuid[] · $2 the batch's time timestamptz
-- By primary key.
UPDATE payment_tasks SET state = 'done', card_token = NULL, updated_at = $2::timestamptz
WHERE payment_id = ANY ($1::uuid[])
