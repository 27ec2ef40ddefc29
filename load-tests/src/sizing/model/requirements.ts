/** What a cluster is asked for. Shares are 0 to 1. */
export interface Requirements {
  /** At once, at the peak. */
  readonly users: number
  /** Mean pause between an answer and the next request of a user; 0: every user is in flight all the time. */
  readonly thinkS: number
  /** Reads to one payment. */
  readonly readsAWrite: number
  /** Mean response time that must be kept; undefined: what the utilisation brings. */
  readonly responseS: number | undefined
  /** Of the cores, at the peak, with all nodes there. */
  readonly utilisation: number
  /** Of the cores, at the peak, with the nodes gone that have to be survived. */
  readonly utilisationAfterLoss: number
  /** Nodes that may be gone at the peak. */
  readonly survive: number
  readonly coresPerNode: number
  /** The largest machine that PostgreSQL may be given. */
  readonly primaryCores: number
  /** Of the network of one node. */
  readonly networkBytesPerS: number
  /** By how much the rate grows in a year, 0.3 is 30 %, and for how many years the cluster is to suffice. */
  readonly growthAYear: number
  readonly years: number
  /** The rate of the peak against that of the average hour. */
  readonly peakToAverage: number
  /** Accounts that are read within the cache's time to live. */
  readonly cachedAccounts: number
  readonly retentionDays: number
  /** Replicas of each partition, the leader's included. */
  readonly kafkaCopies: number
  /** A round of the calibration's fixed work on the machines to be bought; undefined: they are as fast as the measured. */
  readonly calibrationMs: number | undefined
}
