/** Who listens on a port, as far as this user may see. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { allPids } from '../process/process-group.ts'

export interface PortOwner {
  readonly pid: number
  readonly command: string
}

/** TCP_LISTEN in /proc/net/tcp, proc_pid_net(5). */
const LISTEN = '0A'
const MAX_COMMAND_LENGTH = 60

/** The process that listens on a TCP port, or undefined when it cannot be told. */
export const portOwner = (port: number): PortOwner | undefined =>
  process.platform === 'linux' ? ownerFromProc(port) : ownerFromLsof(port)

function ownerFromProc(port: number): PortOwner | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
  if (inodes.size === 0) return undefined
  const pid = allPids().find((candidate) => holdsSocket(candidate, inodes))
  return pid === undefined ? undefined : { pid, command: commandOf(pid) }
}

function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return readText(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) === true && fields[3] === LISTEN)
    .flatMap((fields) => fields[9] ?? [])
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).some((file) => inodes.has(socketInode(`${folder}/${file}`)))
  } catch {
    return false
  }
}

function socketInode(path: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? ''
  } catch {
    return ''
  }
}

function ownerFromLsof(port: number): PortOwner | undefined {
  try {
    const text = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { encoding: 'utf8' })
    const pid = /^p(\d+)/m.exec(text)?.[1]
    return pid === undefined ? undefined : { pid: Number(pid), command: toLine(/^c(.+)/m.exec(text)?.[1] ?? '') }
  } catch {
    return undefined
  }
}

/** A program's words as one line: an argument may be a script of many. */
export function toLine(commandLine: string): string {
  const words = commandLine.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return words.length > MAX_COMMAND_LENGTH ? `${words.slice(0, MAX_COMMAND_LENGTH)}…` : words
}

function commandOf(pid: number): string {
  return toLine(readText(`/proc/${pid}/cmdline`))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
