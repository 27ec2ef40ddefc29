/** What became of reads, counted since the start; read by the metrics. */
export interface ReadCounts {
  hits: number
  misses: number
  /** Cached, and too old for the request's token. */
  belowToken: number
  /** Cached, and older than what this instance has served. */
  belowFloor: number
  /** From a node, and below a floor or a token: read again. */
  refused: number
  /** Gave up: 503. */
  lagging: number
}

export const createReadCounts = (): ReadCounts => ({
  hits: 0,
  misses: 0,
  belowToken: 0,
  belowFloor: 0,
  refused: 0,
  lagging: 0,
})
