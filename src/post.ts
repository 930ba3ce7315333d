import { postRun } from './post-run.ts'
import { fail, outputTaken, surviveClosedOutput } from './shell/printer.ts'
import { cleanerOf } from './shell/secrets.ts'
import { crashWords } from './work/cancellation.ts'

surviveClosedOutput()
await postRun(process.env).catch((error: unknown) => fail(crashWords(error), cleanerOf(process.env).clean))
await outputTaken()
// As in main.ts: nothing that is still open matters any more.
process.exit()
