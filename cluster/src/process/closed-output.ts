/**
 * Tells when nobody reads any more what this process says: its terminal was closed, or the pipe's other end. Without a
 * listener, Node takes the next line's EIO or EPIPE for a bug and ends the process, whatever it has to put in order. What is
 * written from then on is lost.
 */
export function onClosedOutput(told: () => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', told)
}

/** For a command whose whole work is what it says: `npm run ops -- audit list | head` has seen enough. */
export function endOnClosedOutput(): void {
  onClosedOutput(() => process.exit())
}
