import { describe, expect, it } from '@jest/globals'
import { childEnvironment } from './child-environment.ts'
import { installerEnvironment, mavenProxyOptions, proxyVariables } from './installer-environment.ts'

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

describe('mavenProxyOptions', () => {
  it('takes a proxy apart, and leaves its password out', () => {
    expect(mavenProxyOptions({ http_proxy: PROXY, https_proxy: 'proxy.example:8080' })).toEqual([
      '-Dhttp.proxyHost=proxy.example',
      '-Dhttp.proxyPort=3128',
      '-Dhttps.proxyHost=proxy.example',
      '-Dhttps.proxyPort=8080',
    ])
  })

  it('fills in the port of the scheme', () => {
    expect(mavenProxyOptions({ https_proxy: 'https://p' })).toContain('-Dhttps.proxyPort=443')
    expect(mavenProxyOptions({ https_proxy: 'http://p/' })).toContain('-Dhttps.proxyPort=80')
  })

  it('refuses what is no URL, without repeating it', () => {
    expect(() => mavenProxyOptions({ http_proxy: 'http://me:secret@' })).toThrow(/^http_proxy holds no URL$/)
  })

  it('writes the exceptions in the way of Java', () => {
    expect(mavenProxyOptions({ no_proxy: 'localhost, .corp.example,*.internal' })).toEqual([
      '-Dhttp.nonProxyHosts=localhost|*.localhost|*.corp.example|*.internal',
    ])
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
      expect(mavenProxyOptions()).toContain('-Dhttps.proxyHost=proxy.example')
      expect(Object.values(childEnvironment()).join()).not.toContain('proxy.example')
    })
  })
})
