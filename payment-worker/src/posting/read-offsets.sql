-- The ledger's offsets, made if they are not there yet: a partition that the ledger has never seen is due from 0.
--
-- $1 topic text · $2 partitions int[]
-- Returns partition, next_offset.
WITH made AS (
  INSERT INTO ledger_offsets (topic, partition, next_offset)
  SELECT $1, partition, 0 FROM unnest($2::int[]) AS p (partition) ORDER BY partition
  ON CONFLICT DO NOTHING
  RETURNING partition, next_offset
)
SELECT partition, next_offset FROM made
UNION ALL
SELECT partition, next_offset FROM ledger_offsets WHERE topic = $1 AND partition = ANY ($2::int[])
