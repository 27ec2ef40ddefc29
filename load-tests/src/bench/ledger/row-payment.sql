-- Row by row: one payment, declined or not.
INSERT INTO payments (id, client_id, counterparty_client_id, status, failure, source_id, destination_id, source_seq,
  destination_seq, amount, currency, fingerprint, created_at, posted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
