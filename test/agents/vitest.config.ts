import { defineConfig } from 'vitest/config'

/** Only for `npm run test:agents`: these start programs that `npm ci` does not bring. */
export default defineConfig({
  test: {
    include: ['test/agents/**/*.real.ts'],
    testTimeout: 240_000,
    // An agent takes several hundred megabytes and a core while it starts.
    fileParallelism: false,
    reporters: ['verbose'],
  },
})
