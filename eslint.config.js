import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['**/dist/', '.cluster/', '.tools/', 'load-tests/reports/', 'docs/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Nest declares some of its option objects as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Numbers read well in a template; nothing else is let through.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A Nest module is a class whose decorator says everything.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // Tests are no part of the build: they have a project of their own.
    files: ['**/*.test.ts', 'tests/**/*.ts', 'gateway/**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: false, project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // Runs in a browser, beside its viewer.
    files: ['packages/api-docs/page/*.js'],
    languageOptions: { globals: { SwaggerUIBundle: 'readonly' } },
  },
  {
    // Runs in a browser, inside a report.
    files: ['load-tests/src/report/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['document', 'getComputedStyle', 'devicePixelRatio', 'matchMedia', 'addEventListener', 'uPlot'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
)
