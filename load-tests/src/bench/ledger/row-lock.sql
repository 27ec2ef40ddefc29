-- Row by row: the state that decides one payment, locked in account order.
--
-- $1 source uuid · $2 destination uuid
SELECT replace(account_id::text, '-', '') AS account, client_id, posted - held - min_available AS available
FROM account_balances
WHERE account_id IN ($1, $2)
ORDER BY account_id
FOR NO KEY UPDATE
