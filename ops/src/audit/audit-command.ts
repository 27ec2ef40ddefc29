import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { AuditRecord } from '@paycluster/contracts'
import type { AuditFilter, PaymentClient } from '@paycluster/client'
import { AuditFault, verifyExport, verifyReceipt, type ExportHead } from '@paycluster/platform/audit/verify-audit'
import type { Command } from 'commander'
import { connect } from '../connection.ts'
import { UsageError } from '../errors.ts'
import { isJson, limitOption, pageSizeOf, printJson, printList, type Column } from '../output.ts'
import { linesOf } from './lines.ts'

const COLUMNS: readonly Column<AuditRecord>[] = [
  { heading: 'SEQ', of: ({ seq }) => seq },
  { heading: 'RECORDED', of: ({ recorded_at }) => recorded_at },
  { heading: 'TYPE', of: ({ type }) => type },
  { heading: 'SUBJECT', of: ({ subject }) => subject },
  { heading: 'BATCH', of: ({ batch }) => batch },
]

interface KeyOption {
  readonly publicKey?: string
}

interface VerifyOptions extends KeyOption {
  readonly head?: string
  readonly part?: true
}

const withKey = (command: Command): Command =>
  command.option('--public-key <file>', 'the key to trust, in PEM; without it the file’s own is taken')

/** `ops audit list | key | export | verify | receipt | verify-receipt`. */
export function registerAudit(ops: Command): void {
  const audit = ops.command('audit').description('the audit log: every event, signed and chained')
  audit
    .command('list')
    .description('records, newest first')
    .option('--subject <id>', 'about this alone: a payment, an account, a key')
    .option('--type <type>', 'of this type alone, such as key.revoked')
    .addOption(limitOption())
    .action(async ({ limit, ...filter }: AuditFilter & { limit: number }, command: Command) => {
      await printList(command, connect(command).audit.list({ ...filter, limit: pageSizeOf(limit) }), COLUMNS, limit)
    })
  audit
    .command('export')
    .description('the whole log into a file: a line with the key, then a line for each batch')
    .argument('<file>')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { batches, records } = await exportTo(connect(command), file)
      if (isJson(command)) printJson({ file, batches, records })
      else process.stdout.write(`${file}: ${records} records in ${batches} batches\n`)
    })
  withKey(audit.command('verify').description('check an exported log, without a cluster'))
    .argument('<file>')
    .option(
      '--head <hash>',
      'of the last batch, as it was kept elsewhere: an end that was cut off is found by it alone',
    )
    .option('--part', 'take a log that does not begin with its first record')
    .action(async (file: string, { publicKey, head, part }: VerifyOptions, command: Command) => {
      const checked = await verifyExport(linesOf(createReadStream(file)), keyOf(publicKey))
      if (checked.batches === 0) throw new AuditFault('there is no batch in the file')
      if (!checked.isFromStart && part !== true)
        throw new AuditFault(`what was before record ${checked.firstSeq} is not in the file: --part, if that is meant`)
      if (head !== undefined && head.toLowerCase() !== checked.head)
        throw new AuditFault(`the log ends at another head: ${checked.head}`)
      if (isJson(command)) printJson(checked)
      else process.stdout.write(`${checkedText(checked, publicKey)}\n`)
    })
  audit
    .command('receipt')
    .description('proof of what was recorded of a payment, to be checked by anybody')
    .argument('<id>')
    .argument('<file>')
    .action(async (id: string, file: string, _options: unknown, command: Command) => {
      const receipt = await connect(command).audit.receipt(id)
      writeFileSync(file, `${JSON.stringify(receipt, null, 2)}\n`)
      if (isJson(command)) printJson({ file, records: receipt.records.length })
      else process.stdout.write(`${file}: ${receipt.records.length} records\n`)
    })
  audit
    .command('key')
    .description('the public key into a file, in PEM: to be kept where the log is not')
    .argument('<file>')
    .action(async (file: string, _options: unknown, command: Command) => {
      for await (const { public_key } of connect(command).audit.batches(1)) {
        writeFileSync(file, public_key)
        break
      }
      if (isJson(command)) printJson({ file })
      else process.stdout.write(`${file}\n`)
    })
  withKey(audit.command('verify-receipt').description('check a receipt, without a cluster'))
    .argument('<file>')
    .action((file: string, { publicKey }: KeyOption, command: Command) => {
      const events = verifyReceipt(readFileSync(file, 'utf8'), keyOf(publicKey))
      if (isJson(command)) printJson(events.map((event) => JSON.parse(event) as unknown))
      else process.stdout.write(`${events.map((event) => `proven: ${event}`).join('\n')}\n`)
    })
}

/** Whole or not at all: it is written beside the file, and put in its place at the end. */
async function exportTo(client: PaymentClient, path: string): Promise<{ batches: number; records: number }> {
  const partial = `${path}.partial`
  const file = await open(partial, 'w')
  let [batches, records] = [0, 0]
  try {
    let isBegun = false
    for await (const { public_key, data } of client.audit.batches()) {
      const head: ExportHead = { format: 'payment-cluster audit', version: 1, public_key }
      const lines: readonly unknown[] = isBegun ? data : [head, ...data]
      isBegun = true
      if (lines.length > 0) await file.write(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
      batches += data.length
      records += data.reduce((sum, batch) => sum + batch.records.length, 0)
    }
    await file.sync()
    await file.close()
    await rename(partial, path)
  } catch (error) {
    await file.close()
    await rm(partial, { force: true })
    throw error
  }
  return { batches, records }
}

function checkedText(
  { batches, records, firstSeq, lastSeq, head, isFromStart }: Awaited<ReturnType<typeof verifyExport>>,
  publicKey: string | undefined,
): string {
  return [
    `${records} records in ${batches} batches are as they were signed: ${firstSeq} to ${lastSeq}`,
    ...(isFromStart ? [] : [`what was before record ${firstSeq} is not in the file`]),
    ...(publicKey === undefined ? ['checked with the key in the file: --public-key for one that you trust'] : []),
    `head ${head}`,
  ].join('\n')
}

function keyOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`--public-key ${path} cannot be read`, { cause })
  }
}
