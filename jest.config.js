const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2024',
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
]

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // Workspace packages resolve to their sources, so that a test never runs against a stale build.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  modulePathIgnorePatterns: ['/dist/', '/.cluster/', '/.tools/'],
}

/** Of `tests/`, those whose tests do with single servers. */
const SERVERS =
  'bank-simulator,compose,db,docs,doctor,event-services,inquiry-service,payment-service,payment-worker,platform,verify'

/** Unit tests sit beside their subject and need nothing running; those in `tests/` start real servers or whole clusters. */
export default {
  // It ends what hangs. A test that waits for less on purpose says so; a slow machine fails none.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tests/longest-first.mjs',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,db,cluster,gateway,payment-service,inquiry-service,payment-worker,event-services,bank-simulator,traffic-generator,load-tests,ops}/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['/node_modules/'],
    },
    {
      ...common,
      displayName: 'servers',
      testMatch: [`<rootDir>/tests/{${SERVERS}}/**/*.test.ts`],
    },
    {
      ...common,
      displayName: 'clusters',
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', `<rootDir>/tests/(${SERVERS.replaceAll(',', '|')})/`],
    },
  ],
}
