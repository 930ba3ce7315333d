import { stat } from 'node:fs/promises'
import { run } from './run.ts'
import { fail, outputTaken, surviveClosedOutput } from './shell/printer.ts'
import { cleanerOf } from './shell/secrets.ts'
import { keepYoungHeapSmall } from './shell/young-heap.ts'
import { crashWords } from './work/cancellation.ts'

keepYoungHeapSmall()
// Node makes its threads for files at their first use, and aborts where none are left: now there are some.
await stat(process.execPath)
surviveClosedOutput()
await run(process.env).catch((error: unknown) => fail(crashWords(error), cleanerOf(process.env).clean))
await outputTaken()
// Everything is written; an upload that timed out may still hold a socket, and nobody waits for it.
process.exit()
