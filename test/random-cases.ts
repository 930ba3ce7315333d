import fc from 'fast-check'

/**
 * The same random cases each time, so that a test judges the change and not the dice. To look for new ones is the business of
 * `npm run fuzz`, which tries many times as many from another seed.
 */
const { FUZZ_SEED = '1', FUZZ_TIMES = '1' } = process.env

/** What everything random in a test comes from; properties and samples of fast-check have it already. */
export const seed = Number(FUZZ_SEED)

/** For a property that needs other than a hundred cases, and for samples: how many there are this time. */
export const runs = (usual: number): number => usual * Number(FUZZ_TIMES)

fc.configureGlobal({ seed, numRuns: runs(100) })
