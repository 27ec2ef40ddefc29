/**
 * Where a client's webhooks may lead: to addresses of the public internet, and to none of a network that only the cluster
 * can reach (server-side request forgery, OWASP SSRF). A name is resolved when a connection is made, and the connection
 * goes to the address that was looked at: a name that means something else a moment later leads nowhere.
 */
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** All addresses of a name; rejects when it has none. */
export type ResolveName = (name: string) => Promise<readonly string[]>

export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** An address that no message is sent to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
}

const PUBLIC_RANGE = 'unicast'
/** All that is handed out of IPv6 (RFC 4291, 2.4); the rest has IPv4 addresses in other forms, and nothing that is public. */
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3')

const resolver = new Resolver({ timeout: 2_000, tries: 2 })

/**
 * Asks DNS, and not the system's files, which may know names of the cluster's own. (The system's way has four threads for
 * all: as many names whose servers do not answer would keep every other one waiting.)
 */
export const resolveByDns: ResolveName = async (name) => {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const addresses = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (addresses.length === 0 && v4.status === 'rejected') throw v4.reason
  return addresses
}

/** @throws Error for what is no network such as `127.0.0.0/8` */
export const parseNetwork = (text: string): Network => ipaddr.parseCIDR(text)

export class AddressGuard {
  readonly #trusted: readonly Network[]
  readonly #resolve: ResolveName

  /** @param trusted  networks of the cluster's own to which messages may be sent, over plain HTTP as well */
  constructor(trusted: readonly Network[], resolve: ResolveName = resolveByDns) {
    this.#trusted = trusted
    this.#resolve = resolve
  }

  /**
   * The address to connect to.
   *
   * @param hostname  a name or an address, IPv6 with or without brackets
   * @param isEncrypted  whether the connection is TLS
   * @throws ForbiddenAddressError when any address of the name is not public · what resolving it throws
   */
  async addressOf(hostname: string, isEncrypted: boolean): Promise<string> {
    const literal = hostname.replace(/^\[|\]$/g, '')
    const addresses = isIP(literal) === 0 ? await this.#resolve(literal) : [literal]
    for (const address of addresses) this.#demand(address, hostname, isEncrypted)
    const [first] = addresses
    if (first === undefined) throw new Error(`${hostname} has no address`)
    return first
  }

  #demand(text: string, hostname: string, isEncrypted: boolean): void {
    // `process` takes an IPv4 address out of the IPv6 one that it is mapped to.
    const address = ipaddr.process(text.replace(/%.*$/, ''))
    if (this.#trusted.some((network) => isWithin(address, network))) return
    const range = rangeOf(address)
    if (range !== PUBLIC_RANGE)
      throw new ForbiddenAddressError(`${hostname} leads to ${text}, which is not public (${range})`)
    if (!isEncrypted) throw new ForbiddenAddressError(`${hostname} is public: only https:// may lead there`)
  }
}

const isWithin = (address: ipaddr.IPv4 | ipaddr.IPv6, network: Network): boolean =>
  address.kind() === network[0].kind() && address.match(network)

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const range = address.range()
  return range === PUBLIC_RANGE && address.kind() === 'ipv6' && !isWithin(address, GLOBAL_UNICAST) ? 'reserved' : range
}
