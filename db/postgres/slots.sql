-- One physical slot per replica (replica_1, replica_2, ...), from the start and with WAL reserved at once: a burst before
-- a replica's first connection removed WAL that it still needed. Runs as superuser on the primary, again and again
-- without harm. Parameter: the number of replicas, from the environment.
\getenv replicas REPLICAS

SELECT pg_create_physical_replication_slot('replica_' || n, immediately_reserve => true)
FROM generate_series(1, (:'replicas')::int) AS n
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'replica_' || n);
