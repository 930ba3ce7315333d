import { postRun } from './post-run.ts'

await postRun(process.env)
// As in main.ts: nothing that is still open matters any more.
process.exit()
