import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts'];
const tests = ['**/*.test.ts', '**/testkit/**', 'gateway/e2e/**'];

const environmentIsReadAtTheEdge = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read once, in config.ts, and reported whole.',
};

// A rule in core/ must give the same answer in a browser with no database, clock or network.
const pure = [
  environmentIsReadAtTheEdge,
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'A rule is told the time.' },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'A rule is told the time.' },
  { selector: "MemberExpression[object.name='Temporal'][property.name='Now']", message: 'A rule is told the time.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'A rule is repeatable.' },
  { selector: "CallExpression[callee.name='newId']", message: 'A rule is told the ids.' },
  { selector: 'AwaitExpression', message: 'A rule waits for nothing: load the facts in app/ and pass them in.' },
];

export default defineConfig(
  globalIgnores(['dist/', '.hub/', 'coverage/', 'bench/peers/', 'console/dist/']),
  eslint.configs.recommended,
  {
    files: typescript,
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // What the compiler cannot see and what loses money when it happens.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/restrict-plus-operands': 'error',
      // sort() orders numbers and bigints as text; arrays of strings may go without a comparator.
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],

      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Files with decorators are left alone by this rule: there an import that looks like a type may be read at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],

      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-return-assign': 'error',
      'no-param-reassign': 'error',
      'prefer-template': 'off',
    },
  },
  {
    files: ['subgraphs/**/*.ts', 'gateway/**/*.ts'],
    ignores: ['**/config.ts', ...tests],
    rules: { 'no-restricted-syntax': ['error', environmentIsReadAtTheEdge] },
  },
  {
    files: ['subgraphs/*/core/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', ...pure] },
  },
  {
    // These speak to a person at a terminal.
    files: ['hub/**/*.ts', 'tools/**', 'bench/**', 'seed/**', 'schema/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: {
      // Jest's own idioms: an empty stub is a statement, and a thrown string may be what is being tested.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', process: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
);
