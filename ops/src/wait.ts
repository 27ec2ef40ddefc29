/** For how long a command waits for the ledger: as long as the API does. */
export const WAIT_S = 10
