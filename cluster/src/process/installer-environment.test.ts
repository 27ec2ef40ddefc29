import { describe, expect, it } from '@jest/globals'
import { childEnvironment } from './child-environment.ts'
import { installerEnvironment, javaProxyProperties, mavenEnvironment, proxyVariables } from './installer-environment.ts'

const PROXY = 'http://me:p%40ss@proxy.example:3128'

describe('proxyVariables', () => {
  it('reads either case and what npm passes on, lower case first', () => {
    expect(proxyVariables({ HTTP_PROXY: 'a', NO_PROXY: 'n', npm_config_https_proxy: 'b' })).toEqual({
      http_proxy: 'a',
      https_proxy: 'b',
      no_proxy: 'n',
    })
    expect(proxyVariables({ HTTP_PROXY: 'a', http_proxy: 'b', npm_config_proxy: 'c' })).toEqual({ http_proxy: 'b' })
  })

  it('takes an empty variable for none', () => {
    expect(proxyVariables({ http_proxy: '', npm_config_noproxy: '' })).toEqual({})
  })
})

describe('javaProxyProperties', () => {
  it('takes a proxy apart', () => {
    expect(javaProxyProperties({ http_proxy: PROXY, https_proxy: 'proxy.example:8080' })).toEqual({
      'http.proxyHost': 'proxy.example',
      'http.proxyPort': '3128',
      'http.proxyUser': 'me',
      'http.proxyPassword': 'p@ss',
      'https.proxyHost': 'proxy.example',
      'https.proxyPort': '8080',
    })
  })

  it('fills in the port of the scheme', () => {
    expect(javaProxyProperties({ https_proxy: 'https://p' })).toMatchObject({ 'https.proxyPort': '443' })
    expect(javaProxyProperties({ https_proxy: 'http://p/' })).toMatchObject({ 'https.proxyPort': '80' })
  })

  it('refuses what is no URL, without repeating it', () => {
    expect(() => javaProxyProperties({ http_proxy: 'http://me:secret@' })).toThrow(/^http_proxy holds no URL$/)
  })

  it('writes the exceptions in the way of Java', () => {
    const { 'http.nonProxyHosts': hosts } = javaProxyProperties({ no_proxy: 'localhost, .corp.example,*.internal' })
    expect(hosts).toBe('localhost|*.localhost|*.corp.example|*.internal')
  })
})

describe('the environments of children', () => {
  const given = process.env
  const withProxy = (work: () => void): void => {
    process.env = { ...given, HTTPS_PROXY: PROXY }
    try {
      work()
    } finally {
      process.env = given
    }
  }

  it('tell installers of a proxy, and no server', () => {
    withProxy(() => {
      expect(installerEnvironment()).toMatchObject({ https_proxy: PROXY, HTTPS_PROXY: PROXY })
      expect(mavenEnvironment().JDK_JAVA_OPTIONS).toContain('"-Dhttps.proxyHost=proxy.example"')
      expect(Object.values(childEnvironment()).join()).not.toContain('proxy.example')
    })
  })
})
