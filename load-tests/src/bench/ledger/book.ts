/** What every account must hold, kept beside the ledger and compared with it. */
import type pg from 'pg'
import type { AccountEffect } from './plan-commands.ts'

export interface BookLine {
  posted: number
  version: number
}

/** By the ledger's account id, 32 hexadecimal digits. */
export type Book = Map<string, BookLine>

/** As the ledger has it now. */
export async function readBook(client: pg.Client): Promise<Book> {
  const { rows } = await client.query<[string, string, string]>({
    text: `SELECT replace(account_id::text, '-', ''), posted, version FROM account_balances`,
    rowMode: 'array',
  })
  return new Map(
    rows.map(([account, posted, version]) => [account, { posted: Number(posted), version: Number(version) }]),
  )
}

/** Books what a cell is to do. @throws Error for an account that is not in the book */
export function book(lines: Book, effects: ReadonlyMap<string, AccountEffect>): void {
  for (const [account, { delta, entries }] of effects) {
    const line = lines.get(account)
    if (line === undefined) throw new Error(`the book has no account ${account}`)
    line.posted += delta
    line.version += entries
  }
}

export interface BookComparison {
  /** Accounts whose balance or version is not the book's, or that only one of the two has. */
  readonly wrong: number
  readonly firstWrong: string | undefined
  readonly sumMinor: number
}

/** Pure. */
export function compareBooks(expected: Book, found: Book): BookComparison {
  const wrong = [...expected].filter(([account, { posted, version }]) => {
    const line = found.get(account)
    return line?.posted !== posted || line.version !== version
  })
  const unknown = [...found.keys()].filter((account) => !expected.has(account))
  return {
    wrong: wrong.length + unknown.length,
    firstWrong: wrong[0]?.[0] ?? unknown[0],
    sumMinor: [...found.values()].reduce((sum, { posted }) => sum + posted, 0),
  }
}
