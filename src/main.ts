import { stat } from 'node:fs/promises'
import { run } from './run.ts'
import { fail, outputTaken, surviveClosedOutput } from './shell/printer.ts'
import { cleanerOf } from './shell/secrets.ts'
import { keepYoungHeapSmall } from './shell/young-heap.ts'
import { crashWords } from './work/cancellation.ts'

keepYoungHeapSmall()
surviveClosedOutput()
// libuv makes its four threads for files at their first use, and calls abort() without a word where the machine gives it fewer (its
// src/threadpool.c; seen in Node 24 by gdb under `prlimit --nproc`). Now nothing is there yet that such an end could leave behind.
await stat('/')
await run(process.env).catch((error: unknown) => fail(crashWords(error), cleanerOf(process.env).clean))
await outputTaken()
// Everything is written; an upload that timed out may still hold a socket, and nobody waits for it.
process.exit()
