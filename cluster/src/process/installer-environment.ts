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
 * For Maven: Java knows proxies by system properties only. They are passed in a variable and not as arguments, which every
 * user of the machine could read, and which errors repeat: a proxy's address may hold a password.
 */
export function mavenEnvironment(): NodeJS.ProcessEnv {
  const properties = javaProxyProperties(proxyVariables())
  const options = Object.entries(properties).map(([name, value]) => quote(`-D${name}=${value}`))
  return options.length === 0 ? childEnvironment() : childEnvironment({ JDK_JAVA_OPTIONS: options.join(' ') })
}

/**
 * Java's networking properties for proxies.
 *
 * @throws ClusterError `settings_invalid` for a proxy that is no URL
 */
export function javaProxyProperties(proxies: Partial<Record<ProxyVariable, string>>): Record<string, string> {
  return {
    ...(proxies.http_proxy === undefined ? {} : propertiesOf('http', proxies.http_proxy)),
    ...(proxies.https_proxy === undefined ? {} : propertiesOf('https', proxies.https_proxy)),
    ...(proxies.no_proxy === undefined ? {} : { 'http.nonProxyHosts': nonProxyHosts(proxies.no_proxy) }),
  }
}

function propertiesOf(scheme: 'http' | 'https', proxy: string): Record<string, string> {
  // `proxy:3128` is common, and would be read as a scheme.
  const address = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`
  // Not shown: it may hold a password.
  if (!URL.canParse(address)) throw new ClusterError('settings_invalid', `${scheme}_proxy holds no URL`)
  const { protocol, hostname, port, username, password } = new URL(address)
  return {
    [`${scheme}.proxyHost`]: hostname,
    [`${scheme}.proxyPort`]: port === '' ? DEFAULT_PORTS[protocol === 'https:' ? 'https' : 'http'] : port,
    ...(username === '' ? {} : { [`${scheme}.proxyUser`]: decodeURIComponent(username) }),
    ...(password === '' ? {} : { [`${scheme}.proxyPassword`]: decodeURIComponent(password) }),
  }
}

/** `.example.com,10.0.0.1` is `*.example.com|10.0.0.1` in Java; a bare domain also means what is below it. */
const nonProxyHosts = (list: string): string =>
  list
    .split(/[\s,]+/)
    .filter((host) => host !== '')
    .flatMap((host) => (/^[*.]/.test(host) ? [host.replace(/^\*?\./, '*.')] : [host, `*.${host}`]))
    .join('|')

/** The launcher of Java parts the variable at blanks outside of quotes, and knows no escapes. */
const quote = (option: string): string => (option.includes('"') ? `'${option}'` : `"${option}"`)
