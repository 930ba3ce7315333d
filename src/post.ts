import { postRun } from './post-run.ts'
import { fail, surviveClosedOutput } from './shell/printer.ts'
import { crashWords } from './work/cancellation.ts'

surviveClosedOutput()
await postRun(process.env).catch((error: unknown) => fail(crashWords(error)))
// As in main.ts: nothing that is still open matters any more.
process.exit()
