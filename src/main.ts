import { run } from './run.ts'

await run(process.env)
// Everything is written; an upload that timed out may still hold a socket, and nobody waits for it.
process.exit()
