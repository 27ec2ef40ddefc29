const SERVICES = '^(payment-service|inquiry-service|payment-worker|event-services)/'
const STORES = '^packages/platform/src/(cache|idempotency|kafka|postgres)/'

/** The rules of the house: who may import whom. */
export default {
  forbidden: [
    {
      name: 'services-are-islands',
      comment: 'A service may import packages/, never another service: they meet in Kafka, PostgreSQL, Redis and HTTP.',
      severity: 'error',
      from: { path: `${SERVICES}src` },
      to: { path: SERVICES, pathNot: '^$1/' },
    },
    {
      name: 'services-know-no-tools',
      comment: 'What runs, loads or tests the cluster is no part of it.',
      severity: 'error',
      from: { path: `${SERVICES}src|^packages/(contracts|api-docs|platform)/src`, pathNot: '\\.test\\.ts$' },
      to: { path: '^(cluster|db|load-tests|ops|tests|bank-simulator|traffic-generator|packages/testkit)/' },
    },
    {
      name: 'payment-service-has-no-database',
      comment: 'It holds no connection to the primary: its queue is the log.',
      severity: 'error',
      from: { path: '^payment-service/src' },
      to: { path: '^node_modules/(pg|pg-pool|typeorm)/|^packages/platform/src/postgres/' },
    },
    {
      name: 'inquiry-service-never-writes',
      comment: 'It answers from cache and replicas; it has no producer.',
      severity: 'error',
      from: { path: '^inquiry-service/src' },
      to: { path: '^node_modules/kafkajs/|^packages/platform/src/kafka/' },
    },
    {
      name: 'kafkajs-by-one-door',
      comment: 'It is put right while it is loaded (packages/platform/src/kafka/kafkajs.ts); its types are for all.',
      severity: 'error',
      from: { pathNot: '^packages/platform/src/kafka/kafkajs|^tests/|\\.test\\.ts$' },
      to: { path: '^node_modules/kafkajs/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'Clients and suites use them without anything of the platform.',
      severity: 'error',
      from: { path: '^packages/contracts/src' },
      to: { path: '^packages/(?!contracts)' },
    },
    {
      name: 'client-runs-anywhere',
      comment: 'It has no dependency, and needs nothing of Node. Of the contracts it takes types.',
      severity: 'error',
      from: { path: '^packages/client/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/client/src', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'bank-knows-no-ledger',
      comment:
        'It stands for another company: what it shares with the cluster is how a process is run and what money is.',
      severity: 'error',
      from: { path: '^bank-simulator/src' },
      to: {
        path: `${SERVICES}|^(cluster|db|load-tests|ops|tests|packages/(client|api-docs|testkit))/|${STORES}`,
      },
    },
    {
      name: 'traffic-by-the-api-alone',
      comment: 'What sends traffic is a client like any other: it calls the SDK, and knows nothing of what answers.',
      severity: 'error',
      from: { path: '^traffic-generator/src', pathNot: '\\.test\\.ts$' },
      to: {
        path: `${SERVICES}|^(cluster|db|load-tests|ops|tests|bank-simulator|packages/(api-docs|testkit))/|${STORES}`,
      },
    },
    {
      name: 'traffic-pays-by-one-door',
      comment: 'Plans are pure: the calls are in sending/.',
      severity: 'error',
      from: { path: '^traffic-generator/src', pathNot: '^traffic-generator/src/sending/' },
      to: { path: '^packages/client/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle is one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that resolves to nothing breaks at start.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^k6' },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that only another one brings may go with its next version.',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^tests/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '^k6' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|^load-tests/k6/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
}
