import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `npm run fuzz`: every property with twenty times as many cases as in `npm test`, from a seed of its own. `-- --times 100` tries more,
 * `-- test/spec` only what lies there; what has failed fails again with the seed that is told.
 */

const { values, positionals } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 999_999)) },
  },
  allowPositionals: true,
})
for (const [name, value] of Object.entries(values))
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    console.error(`--${name} is ${JSON.stringify(value)}: it has to be a whole number above 0.`)
    process.exit(2)
  }

const root = join(import.meta.dirname, '..')
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => /from 'fast-check'/.test(readFileSync(join(root, file), 'utf8')))
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`There is no property in ${positionals.join(', ')}.`)
  process.exit(2)
}

const { times, seed } = values
console.log(`seed ${seed}, ${times} times as many cases as usual, ${files.length} test files`)
const { status } = spawnSync('npx', ['vitest', 'run', '--testTimeout=0', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_SEED: seed, FUZZ_TIMES: times },
})
if (status !== 0)
  console.log(`again with: npm run fuzz -- ${['--seed', seed, '--times', times, ...positionals].join(' ')}`)
process.exitCode = status ?? 1
