/**
 * Free ports for a second cluster beside a running one.
 *
 * A port that is free now may be taken before its server binds it, above all by another test run that looks at the same
 * moment. So ports are had in blocks, and a block belongs to whoever made its lock file in a folder that all runs on this
 * machine share; a lock whose process has ended is taken over. Within the block every port is tried before it is used, in
 * case a program that knows nothing of this sits there.
 */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import { FIRST_EPHEMERAL_PORT, type Settings } from '../settings.ts'
import { tryLock } from '../supervisor/cluster-lock.ts'
import { portIsFree } from './check-ports.ts'

const FIRST_PORT = 20_000
const BLOCK_PORTS = 60

export interface PortBlock {
  readonly ports: Settings['ports']
  /** Gives the block back. */
  release(): void
}

/** Takes a block of free ports below the ephemeral ones. @throws ClusterError `port_in_use` when there is none */
export async function takePortBlock(folder: string = join(tmpdir(), 'paycluster-ports')): Promise<PortBlock> {
  shareFolder(folder)
  const end = Math.min(FIRST_EPHEMERAL_PORT, firstEphemeralPortHere())
  for (let first = FIRST_PORT; first + BLOCK_PORTS <= end; first += BLOCK_PORTS) {
    const release = tryLock(join(folder, String(first)))
    if (release === undefined) continue
    if (await allFree(first)) return { ports: portsFrom(first), release }
    release()
  }
  throw new ClusterError('port_in_use', `no block of ${BLOCK_PORTS} free ports below ${end}`)
}

/** Eight nodes of each kind fit, as the settings allow. */
const portsFrom = (first: number): Settings['ports'] => ({
  gateway: first,
  gatewayTls: first + 1,
  redis: first + 2,
  kafka: first + 3,
  kafkaController: first + 4,
  primary: first + 5,
  trafficGenerator: first + 6,
  replicas: first + 10,
  paymentServiceAdmin: first + 20,
  inquiryServiceAdmin: first + 30,
  paymentWorkerAdmin: first + 40,
  eventServicesAdmin: first + 50,
  bank: first + 58,
  bankControl: first + 59,
})

function shareFolder(folder: string): void {
  // The umask would keep other users out; once made, the folder is its maker's.
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o1777)
}

async function allFree(first: number): Promise<boolean> {
  for (let port = first; port < first + BLOCK_PORTS; port += 1) {
    if (!(await portIsFree(port))) return false
  }
  return true
}

function firstEphemeralPortHere(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0])
  } catch {
    return FIRST_EPHEMERAL_PORT
  }
}
