/**
 * What k6 sends of its metrics while it runs: Prometheus' remote write, version 1.
 * https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
import { PbfReader } from 'pbf'
import { uncompress } from 'snappyjs'
import { bucketsOf, type NativeHistogram, type Span } from './native-histogram.ts'

export interface RemoteSeries {
  /** `__name__` is the metric's. */
  readonly labels: Readonly<Record<string, string>>
  /** Of a counter, a gauge or a rate: what it has come to. */
  readonly value: number | undefined
  /** Of a trend: all that was observed since the start. */
  readonly histogram: NativeHistogram | undefined
}

/** A second's worth is some 20 kB. */
const MAX_BYTES = 4 * 1024 * 1024

/** @throws Error when the body is no snappy-compressed WriteRequest */
export function decodeWriteRequest(body: Uint8Array): RemoteSeries[] {
  const series: RemoteSeries[] = []
  new PbfReader(uncompress(body, MAX_BYTES)).readFields((field, all, reader) => {
    if (field === 1) all.push(readSeries(reader))
  }, series)
  return series
}

function readSeries(reader: PbfReader): RemoteSeries {
  const labels: Record<string, string> = {}
  let value: number | undefined
  let histogram: NativeHistogram | undefined
  reader.readMessage((field) => {
    if (field === 1) {
      const [name, text] = readLabel(reader)
      labels[name] = text
    } else if (field === 2) value = readSample(reader)
    else if (field === 4) histogram = readHistogram(reader)
  }, undefined)
  return { labels, value, histogram }
}

function readLabel(reader: PbfReader): [name: string, value: string] {
  return reader.readMessage<[string, string]>(
    (field, label) => {
      if (field === 1) label[0] = reader.readString()
      else if (field === 2) label[1] = reader.readString()
    },
    ['', ''],
  )
}

function readSample(reader: PbfReader): number {
  // A field that is left out is zero.
  let value = 0
  reader.readMessage((field) => {
    if (field === 1) value = reader.readDouble()
  }, undefined)
  return value
}

function readHistogram(reader: PbfReader): NativeHistogram {
  let count = 0
  let sum = 0
  let schema = 0
  let zeros = 0
  const spans: Span[] = []
  const deltas: number[] = []
  reader.readMessage((field) => {
    if (field === 1) count = reader.readVarint()
    else if (field === 3) sum = reader.readDouble()
    else if (field === 4) schema = reader.readSVarint()
    else if (field === 6) zeros = reader.readVarint()
    else if (field === 11) spans.push(readSpan(reader))
    else if (field === 12) reader.readPackedSVarint(deltas)
  }, undefined)
  return { schema, count, sum, zeros, buckets: bucketsOf(spans, deltas) }
}

function readSpan(reader: PbfReader): Span {
  let offset = 0
  let length = 0
  reader.readMessage((field) => {
    if (field === 1) offset = reader.readSVarint()
    else if (field === 2) length = reader.readVarint()
  }, undefined)
  return { offset, length }
}
