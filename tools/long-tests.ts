/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import config from '../jest.config';

/** Jest's configuration for the suites that `npm test` leaves out. */
const longTests: Config = {
  ...config,
  rootDir: '..',
  testMatch: ['**/*.long.*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};

export default longTests;
