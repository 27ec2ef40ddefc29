-- I10: the payments that failed: they took no sequence, so that their events are looked for by id.
--
-- $1 timestamptz: the ledger's time from which events are kept; null when all are · $2 limit, newest first
--
-- Returns: id (uuid without dashes).
SELECT replace(id::text, '-', '') AS id
FROM payments
WHERE status = 'failed' AND ($1::timestamptz IS NULL OR posted_at >= $1)
ORDER BY posted_at DESC
LIMIT $2
