import { Readable } from 'node:stream'
import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common'
import { statementQuerySchema, STATEMENT_MEDIA_TYPES, type Identity, type StatementFormat } from '@paycluster/contracts'
import { Caller, RequireScope } from '@paycluster/platform/http/caller'
import { parseQuery } from '@paycluster/platform/http/validation'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { requireOwnAccount } from '../accounts/own-account.ts'
import { answerHeaders, isNotModified } from '../answers/answer.ts'
import { requestedToken } from '../answers/requested-token.ts'
import { ApiGuard } from '../auth/api.guard.ts'
import { toCsv } from './csv-document.ts'
import { DocumentSlots, type SlotLimits } from './document-slots.ts'
import { toPdf } from './pdf-document.ts'
import { DocumentReader } from './read-document.ts'
import type { StatementDocument } from './statement-document.ts'

interface Form {
  readonly toStream: (document: StatementDocument) => NodeJS.ReadableStream
  /** Entries, at most. */
  readonly maxEntries: number
  readonly slots: SlotLimits
  readonly whenTooMany: string
}

/** Laying out a page takes fifty times the time of its lines in CSV. */
const FORMS: Readonly<Record<StatementFormat, Form>> = {
  csv: {
    toStream: (document) => Readable.from(toCsv(document)),
    maxEntries: 1_000_000,
    slots: { total: 8, ofClient: 2 },
    whenTooMany: 'ask for a shorter period',
  },
  pdf: {
    toStream: toPdf,
    maxEntries: 5_000,
    slots: { total: 2, ofClient: 1 },
    whenTooMany: 'ask for CSV, or for a shorter period',
  },
}

@Controller('v1/accounts')
@UseGuards(ApiGuard)
export class DocumentsController {
  readonly #reader: DocumentReader
  readonly #ids: IdCodec
  readonly #slots = { csv: new DocumentSlots(FORMS.csv.slots), pdf: new DocumentSlots(FORMS.pdf.slots) }

  constructor(@Inject(DocumentReader) reader: DocumentReader, @Inject(IdCodec) ids: IdCodec) {
    this.#reader = reader
    this.#ids = ids
  }

  /** Whoever asks for the headers alone, or has the document already, costs no entry. */
  @Get(':id/statement')
  @RequireScope('payments:read')
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = parseQuery(statementQuerySchema, request.query)
    requireOwnAccount(this.#ids, id, caller.client)
    const format = asked.format ?? acceptedFormat(request)
    const form = FORMS[format]
    const token = requestedToken(request.headers)
    const { document, answer } = await this.#reader.read(id, { ...asked, format }, token)
    refuseTooMany(document, form)
    reply.headers({ ...answerHeaders(answer), vary: 'accept' })
    if (isNotModified(request.headers, answer)) {
      void reply.status(304).send()
      return
    }
    const free = request.method === 'HEAD' ? undefined : this.#slots[format].take(caller.client)
    const stream = free === undefined ? Readable.from([]) : form.toStream(document)
    // The answer ends whether it was read to its end or not.
    if (free !== undefined) reply.raw.once('close', free)
    void reply
      .headers({
        'content-type': STATEMENT_MEDIA_TYPES[format],
        'content-disposition': `attachment; filename="statement-${id}.${format}"`,
      })
      .send(stream)
  }
}

function acceptedFormat({ headers }: FastifyRequest): StatementFormat {
  const preferred = new Negotiator({ headers }).mediaType(['text/csv', 'application/pdf'])
  return preferred === 'application/pdf' ? 'pdf' : 'csv'
}

function refuseTooMany({ firstSeq, nextSeq }: StatementDocument, { maxEntries, whenTooMany }: Form): void {
  const entries = nextSeq - firstSeq
  if (entries <= maxEntries) return
  const detail = `has ${entries} entries, of ${maxEntries} at most: ${whenTooMany}`
  throw new ProblemError('invalid_parameter', `The period ${detail}.`, {
    errors: [{ pointer: 'from', code: 'too_many_entries', detail }],
  })
}
