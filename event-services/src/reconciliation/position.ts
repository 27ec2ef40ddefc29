/** Below what a page of a list lies, newest first. */
export interface Position {
  readonly time: string
  readonly id: string
}

export const NEWEST: Position = { time: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
