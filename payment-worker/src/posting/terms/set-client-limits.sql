-- What clients may spend. What they have spent today stays spent.
--
-- $1 clients int[]: these have no other limits than · $2 clients int[] · $3 currencies char(3)[] · $4 limits of a payment
-- bigint[] · $5 and of a day bigint[]
WITH given AS (
  SELECT * FROM unnest($2::int[], $3::char(3)[], $4::bigint[], $5::bigint[])
    AS t (client_id, currency, payment_limit, daily_limit)
), others AS (
  UPDATE client_limits l
  SET payment_limit = NULL, daily_limit = NULL
  WHERE l.client_id = ANY ($1::int[])
    AND NOT EXISTS (SELECT FROM given g WHERE g.client_id = l.client_id AND g.currency = l.currency)
)
INSERT INTO client_limits (client_id, currency, payment_limit, daily_limit)
SELECT client_id, currency, payment_limit, daily_limit FROM given ORDER BY client_id, currency
ON CONFLICT (client_id, currency) DO UPDATE
SET payment_limit = EXCLUDED.payment_limit, daily_limit = EXCLUDED.daily_limit
