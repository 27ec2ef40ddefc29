/** What programs that download need beyond what every child sees: the way out through a proxy. Servers get none of it. */
import { ClusterError } from '../cluster-error.ts'
import { childEnvironment } from './child-environment.ts'

/** By what curl, apt and most others read; the first that is set counts. npm tells its own settings to what it runs. */
const SOURCES = {
  http_proxy: ['http_proxy', 'HTTP_PROXY', 'npm_config_proxy', 'npm_config_http_proxy'],
  https_proxy: ['https_proxy', 'HTTPS_PROXY', 'npm_config_https_proxy'],
  no_proxy: ['no_proxy', 'NO_PROXY', 'npm_config_noproxy'],
} as const

const DEFAULT_PORTS = { http: '80', https: '443' }

type ProxyVariable = keyof typeof SOURCES

/** The proxies of an environment under their lower-case names, which apt alone reads; what is not set is left out. */
export function proxyVariables(env: NodeJS.ProcessEnv = process.env): Partial<Record<ProxyVariable, string>> {
  const found = Object.entries(SOURCES).flatMap(([name, sources]) => {
    const value = sources.map((source) => env[source]).find((text) => text !== undefined && text !== '')
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/** For apt and its like: proxies under both of their names. */
export function installerEnvironment(): NodeJS.ProcessEnv {
  const proxies = Object.entries(proxyVariables())
  return childEnvironment(
    Object.fromEntries(
      proxies.flatMap(([name, url]) => [
        [name, url],
        [name.toUpperCase(), url],
      ]),
    ),
  )
}

/**
 * For Maven: Java knows proxies by system properties only. A user and password are not among them: everybody on the machine
 * can read arguments, errors repeat them, and Maven sends only those of its own settings.xml.
 *
 * @throws ClusterError `settings_invalid` for a proxy that is no URL
 */
export function mavenProxyOptions(proxies: Partial<Record<ProxyVariable, string>> = proxyVariables()): string[] {
  const properties: Record<string, string> = {
    ...(proxies.http_proxy === undefined ? {} : propertiesOf('http', proxies.http_proxy)),
    ...(proxies.https_proxy === undefined ? {} : propertiesOf('https', proxies.https_proxy)),
    ...(proxies.no_proxy === undefined ? {} : { 'http.nonProxyHosts': nonProxyHosts(proxies.no_proxy) }),
  }
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)
}

function propertiesOf(scheme: 'http' | 'https', proxy: string): Record<string, string> {
  // `proxy:3128` is common, and would be read as a scheme.
  const address = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`
  // Not shown: it may hold a password.
  if (!URL.canParse(address)) throw new ClusterError('settings_invalid', `${scheme}_proxy holds no URL`)
  const { protocol, hostname, port } = new URL(address)
  return {
    [`${scheme}.proxyHost`]: hostname,
    [`${scheme}.proxyPort`]: port === '' ? DEFAULT_PORTS[protocol === 'https:' ? 'https' : 'http'] : port,
  }
}

/** `.example.com,10.0.0.1` is `*.example.com|10.0.0.1` in Java; a bare domain also means what is below it. */
const nonProxyHosts = (list: string): string =>
  list
    .split(/[\s,]+/)
    .filter((host) => host !== '')
    .flatMap((host) => (/^[*.]/.test(host) ? [host.replace(/^\*?\./, '*.')] : [host, `*.${host}`]))
    .join('|')
