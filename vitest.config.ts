import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Short files with long tests go first, with all others that wait for whole runs: the last one would have the machine to itself. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(?:faults|e2e)\//.test(moduleId)
    return [...bySize.filter(isLong), ...bySize.filter((file) => !isLong(file))]
  }
}

// Three suites in one run: pure parts by plain data, real processes and repositories, and the bundled action as a runner starts it.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Always the same random cases.
    setupFiles: ['test/random-cases.ts'],
    // For what hangs, on a machine as slow and busy as may be: what must be quick says so itself.
    testTimeout: 150_000,
    hookTimeout: 150_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default'],
    // Most tests wait for processes of their own, and these for each other.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // Tests side by side in one file are those that wait for a server on loopback.
    maxConcurrency: 6,
    sequence: { sequencer: LongFirst },
  },
})
