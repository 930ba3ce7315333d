import { randomBytes, randomUUID } from 'node:crypto'
import { type Reply, storageError } from './reply.ts'

interface Blob {
  readonly signature: string
  readonly blocks: Map<string, Buffer>
  bytes?: Buffer
}

/** Block-blob storage: a blob comes in one piece, or as blocks and then the list that puts them in order. */
export class BlobStore {
  readonly #blobs = new Map<string, Blob>()

  /** A place to upload to. An account name comes first, as the storage client expects for a host that is an address. */
  create(): { readonly path: string; readonly signature: string } {
    const path = `/account/artifacts/${randomUUID()}.zip`
    const signature = randomBytes(16).toString('hex')
    this.#blobs.set(path, { signature, blocks: new Map() })
    return { path, signature }
  }

  /** What was uploaded; undefined until an upload is complete. */
  bytes(path: string): Buffer | undefined {
    return this.#blobs.get(path)?.bytes
  }

  request(method: string | undefined, target: URL, body: Buffer): Reply {
    const blob = this.#blobs.get(target.pathname)
    if (!blob) return storageError(404, 'BlobNotFound')
    if (target.searchParams.get('sig') !== blob.signature) return storageError(403, 'AuthenticationFailed')
    if (method !== 'PUT') return storageError(405, 'UnsupportedHttpVerb')

    const part = target.searchParams.get('comp')
    if (part === 'block') {
      blob.blocks.set(target.searchParams.get('blockid') ?? '', body)
    } else if (part === 'blocklist') {
      const order = [...body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)].map((m) => m[1] ?? '')
      const blocks = order.flatMap((id) => blob.blocks.get(id) ?? [])
      if (blocks.length < order.length) return storageError(400, 'InvalidBlockList')
      blob.bytes = Buffer.concat(blocks)
    } else {
      blob.bytes = body
    }
    return { status: 201, headers: { 'x-ms-request-id': randomUUID(), etag: `"${randomUUID()}"` }, body: '' }
  }
}
