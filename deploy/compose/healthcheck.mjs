/* global fetch, AbortSignal */
// Health check of a container: exit 0 when the process on ADMIN_LISTEN says that it can serve, or the one at HEALTH_URL.
const port = (process.env.ADMIN_LISTEN ?? '').split(':').pop()
const url = process.env.HEALTH_URL ?? `http://127.0.0.1:${port}/readyz`
const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
if (!answer.ok) {
  console.error(answer.status, await answer.text())
  process.exit(1)
}
