/**
 * Shows steps: a line for each that has ended, and on a terminal a moving one for those that run.
 *
 * Written out rather than taken from a library: ora loops for ever on a terminal of zero columns (a pseudo-terminal whose
 * size nobody set, as under some CI runners), listr2 wants to own the flow, and this is all that is needed.
 */
import color from 'picocolors'
import type { OnProgress, StepEvent } from './progress.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
/** For a terminal that does not know its width. */
const DEFAULT_COLUMNS = 80
const CLEAR_LINE = '\r\u001b[K'

export interface TerminalProgress {
  readonly onProgress: OnProgress
  /** Prints a line of text between the steps. */
  print(text: string): void
  /** Ends the moving line. */
  close(): void
}

export function terminalProgress(output: NodeJS.WriteStream = process.stdout): TerminalProgress {
  const running = new Set<string>()
  let frame = 0
  let timer: NodeJS.Timeout | undefined

  const draw = (): void => {
    frame = (frame + 1) % FRAMES.length
    // One column stays free: a full line would wrap and leave a trail.
    const width = (output.columns || DEFAULT_COLUMNS) - 1
    output.write(`${CLEAR_LINE}${`${FRAMES[frame] ?? ''} ${[...running].join(', ')}`.slice(0, width)}`)
  }
  const move = (): void => {
    if (!output.isTTY) return
    clearInterval(timer)
    output.write(CLEAR_LINE)
    if (running.size === 0) return
    draw()
    timer = setInterval(draw, FRAME_MS)
  }
  const print = (text: string): void => {
    output.write(`${output.isTTY ? CLEAR_LINE : ''}${text}\n`)
    move()
  }
  return {
    onProgress: (event) => {
      if (event.state === 'started') {
        running.add(event.step)
        move()
      } else {
        running.delete(event.step)
        print(lineOf(event))
      }
    },
    print,
    close: () => {
      running.clear()
      move()
    },
  }
}

function lineOf({ step, state, detail, elapsedMs }: StepEvent): string {
  const mark = state === 'done' ? color.green('✔') : color.red('✖')
  const after = [detail, `${(elapsedMs / 1000).toFixed(1)} s`].filter((part) => part !== undefined).join(', ')
  return `${mark} ${step} ${color.dim(`(${after})`)}`
}
