-- Moves the ledger's offsets past a batch, first of all statements, so that two workers that hold the same partition (one
-- of them not knowing yet that it lost it) post one after the other.
--
-- $1 topic text · $2 partitions int[], ascending · $3 first offsets bigint[] · $4 next offsets bigint[]
-- Returns a row per partition whose ledger offset is not before the batch: a partition without a row has a gap between
-- ledger and batch, and must be read again from the ledger's offset. `now_ms` is the ledger's clock for this batch.
-- Locks the partitions' rows, in partition order, to the end of the transaction.
UPDATE ledger_offsets o
SET next_offset = greatest(o.next_offset, b.next_offset)
FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS b (partition, first_offset, next_offset)
WHERE o.topic = $1 AND o.partition = b.partition AND o.next_offset >= b.first_offset
RETURNING o.partition, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
