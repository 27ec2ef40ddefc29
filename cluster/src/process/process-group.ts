/**
 * The process group of a node. Each node is started as the leader of its own session, so that a terminal's Ctrl-C
 * reaches the supervisor alone, and so that children of a killed leader (Nginx's workers) can be found and ended.
 */
import { readdirSync } from 'node:fs'
import { identify, STAT, statFields } from './process-identity.ts'

/**
 * Whether a dead leader left members behind. A pid is not handed out again while a group bears it; that the members'
 * session has the number, too, tells our groups from those of a shell.
 */
export function groupIsAlive(leaderPid: number): boolean {
  if (identify(leaderPid) !== undefined) return false
  if (process.platform !== 'linux') return signalGroup(leaderPid, 0)
  return membersOf(leaderPid).length > 0
}

/** Sends a signal to every process of the group. False when there is none. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leaderPid, signal)
  } catch {
    return false
  }
}

function membersOf(leaderPid: number): number[] {
  const group = String(leaderPid)
  return allPids().filter((pid) => {
    const fields = statFields(pid)
    return fields?.[STAT.pgrp] === group && fields[STAT.session] === group && fields[STAT.state] !== 'Z'
  })
}

/** Every pid in /proc; empty where there is none. */
export function allPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
