import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** A PNG as Chromium writes it (8 bits a channel, not interlaced) with a palette of 256 colours: a fraction of the size. https://www.w3.org/TR/png/ */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, rows } = decode(png)
  const palette = commonColours(rows, channels)
  const nearest = new Map<number, number>()
  const lines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colourAt(rows, (y * width + x) * channels)
      let index = nearest.get(colour)
      if (index === undefined) {
        index = nearestTo(colour, palette)
        nearest.set(colour, index)
      }
      lines[y * (width + 1) + 1 + x] = index
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3], 8)
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

interface Pixels {
  readonly width: number
  readonly height: number
  /** 3 or 4 bytes a pixel. */
  readonly channels: number
  readonly rows: Buffer
}

function decode(png: Buffer): Pixels {
  const [width, height, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]]
  if (png[24] !== 8 || (kind !== 2 && kind !== 6) || png[28] !== 0) throw new Error('not a PNG as Chromium writes it')
  const channels = kind === 6 ? 4 : 3
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  const filtered = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const rows = Buffer.alloc(height * stride)
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? (rows[y * stride + x - channels] ?? 0) : 0
      const above = y > 0 ? (rows[(y - 1) * stride + x] ?? 0) : 0
      const corner = y > 0 && x >= channels ? (rows[(y - 1) * stride + x - channels] ?? 0) : 0
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0
      rows[y * stride + x] = (filtered[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  return { width, height, channels, rows }
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? above : corner
}

const colourAt = (rows: Buffer, at: number): number => rows.readUIntBE(at, 3)

/** The most frequent colours, at most 256. */
function commonColours(rows: Buffer, channels: number): readonly number[] {
  const counts = new Map<number, number>()
  for (let at = 0; at < rows.length; at += channels) {
    const colour = colourAt(rows, at)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, 256)
    .map(([colour]) => colour)
}

function nearestTo(colour: number, palette: readonly number[]): number {
  const distance = (other: number): number =>
    [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0)
  return palette.reduce((best, other, i) => (distance(other) < distance(palette[best] ?? 0) ? i : best), 0)
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
