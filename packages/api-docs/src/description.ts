/** What holds for every operation; Markdown. */
export const DESCRIPTION = `
Accounts, and payments between them. A payment is accepted with 202 as soon as it is durable, and reaches exactly one
final state, whatever is sent again and whatever breaks.

- **Money** is an integer in minor units of its ISO 4217 currency, 1 to 2^53-1. A fraction is refused, however small.
- **Bodies** are JSON in UTF-8, uncompressed, of at most 64 KiB, sent within 10 s. Text is counted in UTF-16 code units.
- **\`Idempotency-Key\`**: the same key and body get the same answer, with \`Idempotent-Replayed: true\`; the same key
  with another body is 422 \`idempotency_key_reused\`. After any failure it is safe to send the same request again.
  One key for one request: payments, deposits, withdrawals and card payments share theirs, everything else does not.
- **\`Consistency-Token\`**: send an answer's with the next read, and it shows at least that state.
- **Reads** say where they come from (\`X-Data-Source\`), their version (\`ETag\`) and as of when (\`X-As-Of\`).
- **Lists** are newest first, with \`limit\` and an opaque \`cursor\`. An unknown query parameter is 400.
- **HEAD** answers as GET does, without the body. A method that a resource does not know is 405 with \`Allow\`.
- **Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`. \`retryable\` says whether the same
  request may succeed later, \`Retry-After\` after how many seconds.
`.trim()
