/** Shows steps: a line for each that has ended, and on a terminal a moving one for those that run. */
import ora, { type Ora } from 'ora'
import color from 'picocolors'
import type { OnProgress, StepEvent } from './progress.ts'

export interface TerminalProgress {
  readonly onProgress: OnProgress
  /** Prints a line of text between the steps. */
  print(text: string): void
  /** Ends the moving line. */
  close(): void
}

export function terminalProgress(output: NodeJS.WriteStream = process.stdout): TerminalProgress {
  const running = new Set<string>()
  // Not discardStdin: it would take Ctrl-C away from the signal handlers.
  const spinner: Ora | undefined = output.isTTY ? ora({ stream: output, discardStdin: false }) : undefined

  const print = (text: string): void => {
    spinner?.stop()
    output.write(`${text}\n`)
    if (running.size > 0) spinner?.start([...running].join(', '))
  }
  return {
    onProgress: (event) => {
      if (event.state === 'started') {
        running.add(event.step)
        spinner?.start([...running].join(', '))
      } else {
        running.delete(event.step)
        print(lineOf(event))
      }
    },
    print,
    close: () => {
      running.clear()
      spinner?.stop()
    },
  }
}

function lineOf({ step, state, detail, elapsedMs }: StepEvent): string {
  const mark = state === 'done' ? color.green('✔') : color.red('✖')
  const after = [detail, `${(elapsedMs / 1000).toFixed(1)} s`].filter((part) => part !== undefined).join(', ')
  return `${mark} ${step} ${color.dim(`(${after})`)}`
}
