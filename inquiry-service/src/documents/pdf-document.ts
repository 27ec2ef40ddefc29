/** A statement as PDF: the same figures as in CSV, on pages of A4. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setImmediate as otherWork } from 'node:timers/promises'
import { currencyExponent } from '@paycluster/contracts'
import PDFDocument from 'pdfkit'
import { decimalAmount } from './decimal-amount.ts'
import { StatementTotals, type StatementDocument, type StatementLine } from './statement-document.ts'

const MARGIN = 36
const [WIDTH, HEIGHT] = [841.89, 595.28]
const LINE_HEIGHT = 12
const TEXT_SIZE = 7.5
const TITLE_SIZE = 14
/** Lines between which others are served: some four milliseconds. */
const LINES_AT_ONCE = 8

/** Every PDF reader has them. */
const FONT = 'Helvetica'
const BOLD_FONT = 'Helvetica-Bold'
/** For what these have no letters for, embedded where it is needed. */
const WIDE_FONT = 'DejaVu'
const wideFont = readFileSync(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
const IN_STANDARD_FONTS = /^[\x20-\x7e\xa0-\xff]*$/

interface Column {
  readonly heading: string
  readonly width: number
  readonly align: 'left' | 'right'
}
const COLUMNS: readonly Column[] = [
  { heading: 'No.', width: 42, align: 'right' },
  { heading: 'Time (UTC)', width: 100, align: 'left' },
  { heading: 'Kind', width: 48, align: 'left' },
  { heading: 'Payment', width: 180, align: 'left' },
  { heading: 'Reference', width: 150, align: 'left' },
  { heading: 'Amount', width: 83, align: 'right' },
  { heading: 'Balance', width: 83, align: 'right' },
  { heading: 'Pending', width: 83, align: 'right' },
]
const GAP = 4

type Document = InstanceType<typeof PDFDocument>

/**
 * The document as a stream, page by page as it is read. The same bytes for the same entries: nothing in it is of the time at
 * which it is made.
 */
export function toPdf(statement: StatementDocument): NodeJS.ReadableStream & { destroy(error?: Error): unknown } {
  const { account, firstSeq, nextSeq } = statement
  const document = new PDFDocument({
    size: [WIDTH, HEIGHT],
    margin: MARGIN,
    autoFirstPage: false,
    info: {
      Title: `Statement of account ${account}`,
      Subject: `Entries ${firstSeq} to ${nextSeq - 1}`,
      // Without one, the time at which it is made is written.
      CreationDate: new Date(0),
    },
  })
  write(document, statement).then(
    () => {
      document.end()
    },
    (error: unknown) => document.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return document
}

async function write(document: Document, statement: StatementDocument): Promise<void> {
  const { currency, opening, openingPending, lines } = statement
  document.registerFont(WIDE_FONT, wideFont)
  const exponent = currencyExponent(currency)
  const decimal = (amount: number | bigint): string => decimalAmount(amount, exponent)
  const totals = new StatementTotals(statement)
  const page = new Pages(document, statement)
  const summary = (text: string, amount: string, balance: string, pending: string): void => {
    page.row(['', '', '', text, '', amount, balance, pending], BOLD_FONT)
  }
  summary('Opening balance', '', decimal(opening), decimal(openingPending))
  let written = 0
  for await (const piece of lines)
    for (const line of piece) {
      totals.add(line)
      page.row(fieldsOf(line, decimal), FONT)
      written += 1
      if (written % LINES_AT_ONCE === 0) await untilWanted(document)
    }
  summary('Total in', decimal(totals.moneyIn), '', '')
  summary('Total out', decimal(-totals.moneyOut), '', '')
  summary('Closing balance', '', decimal(totals.closing), decimal(totals.closingPending))
  summary(`${totals.entries} entries`, '', '', '')
}

const fieldsOf = (line: StatementLine, decimal: (amount: number) => string): string[] => [
  String(line.seq),
  line.at,
  line.kind,
  line.paymentId,
  line.reference ?? '',
  decimal(line.amount),
  decimal(line.balanceAfter),
  line.pendingAfter === 0 ? '' : decimal(line.pendingAfter),
]

/** Lets others be served, and whoever reads the document keep up: what is not read yet lies in memory. */
async function untilWanted(document: Document): Promise<void> {
  do await otherWork()
  while (document.readableLength > document.readableHighWaterMark && !document.destroyed)
  if (document.destroyed) throw new Error('nobody reads the statement any more')
}

/** Rows from the top of a page to its end, then on the next one. */
class Pages {
  readonly #document: Document
  readonly #statement: StatementDocument
  #y = Infinity
  #number = 0

  constructor(document: Document, statement: StatementDocument) {
    this.#document = document
    this.#statement = statement
  }

  row(fields: readonly string[], font: string): void {
    if (this.#y > HEIGHT - MARGIN - 2 * LINE_HEIGHT) this.#begin()
    this.#write(fields, font)
  }

  #begin(): void {
    const { account, currency, from, to } = this.#statement
    const document = this.#document
    this.#number += 1
    document.addPage()
    document.font(BOLD_FONT, TITLE_SIZE).text('Statement of account', MARGIN, MARGIN, { lineBreak: false })
    document.font(FONT, TEXT_SIZE)
    const period = `from ${from ?? 'its beginning'} to ${to ?? 'its last entry'}`
    document.text(`${account}, in ${currency}, ${period}`, MARGIN, MARGIN + 20, { lineBreak: false })
    document.text(`Page ${this.#number}`, WIDTH - MARGIN - 60, MARGIN, { width: 60, align: 'right', lineBreak: false })
    this.#y = MARGIN + 40
    this.#write(
      COLUMNS.map(({ heading }) => heading),
      BOLD_FONT,
    )
  }

  #write(fields: readonly string[], font: string): void {
    const document = this.#document
    let x = MARGIN
    for (const [at, { width, align }] of COLUMNS.entries()) {
      const text = fields[at] ?? ''
      if (text !== '') this.#field(text, font, x, { width: width - GAP, align })
      x += width
    }
    this.#y += LINE_HEIGHT
    document.y = this.#y
  }

  /** On one line, whatever is in it: what does not fit its column is set smaller, down to a point, and never cut. */
  #field(text: string, font: string, x: number, { width, align }: Pick<Column, 'width' | 'align'>): void {
    const document = this.#document
    const line = text.replaceAll(/\s/g, ' ')
    document.font(IN_STANDARD_FONTS.test(line) ? font : WIDE_FONT, TEXT_SIZE)
    const needed = document.widthOfString(line)
    if (needed > width) document.fontSize(Math.max(1, (TEXT_SIZE * width) / needed))
    const left = align === 'right' ? x + width - Math.min(width, needed) : x
    document.text(line, left, this.#y, { lineBreak: false })
  }
}
