import { defineConfig } from 'vitest/config'
import { USUAL } from './clis.ts'

const usual: readonly string[] = USUAL
const chosen = (process.env['CHANT_TEST_AGENTS'] ?? '').split(',')

/** Only for `npm run test:agents`: these start programs that `npm ci` does not bring. */
export default defineConfig({
  test: {
    include: ['test/agents/**/*.real.ts'],
    testTimeout: 240_000,
    // Most of the time they wait. The heavy ones take a core and several hundred megabytes each while they start.
    fileParallelism: chosen.every((name) => usual.includes(name)),
    maxWorkers: 3,
    reporters: ['verbose'],
  },
})
