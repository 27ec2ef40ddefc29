-- A commit waits for one of the two replicas. Set last and in the data folder: while the database is being made there is
-- no replica yet, and every commit would wait for ever.
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (replica_1, replica_2)';
