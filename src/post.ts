import { postRun } from './post-run.ts'

await postRun(process.env)
