/* global fetch, AbortSignal */
// Health check of a container: exit 0 when the process on ADMIN_LISTEN says that it can serve.
const port = (process.env.ADMIN_LISTEN ?? '').split(':').pop()
const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2000) })
if (!answer.ok) {
  console.error(answer.status, await answer.text())
  process.exit(1)
}
