import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** A body that could not be read, and the status for it. */
export class UnreadableBody extends Error {
  constructor(readonly status: 400 | 413 | 415) {
    super(`a body that is answered ${status}`);
  }
}

/** How a client may pack a body; what it sends packed counts unpacked. */
const UNPACKED: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Reads a body up to a size.
 *
 * @throws UnreadableBody with 413 as soon as it is larger, 415 for a packing nobody knows, 400 when it cannot be unpacked or the
 *         client left
 */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  // Who it is was asked first: of one that has left in the meantime neither an end nor a fault is told any more.
  if (request.destroyed) throw new UnreadableBody(400);
  const packing = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (packing === 'identity') {
    if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new UnreadableBody(413);
    return collect(request, mostBytes);
  }
  if (!Object.hasOwn(UNPACKED, packing)) throw new UnreadableBody(415);
  const unpack = (UNPACKED[packing] as (typeof UNPACKED)[string])();
  request.on('error', () => unpack.destroy()).pipe(unpack);
  try {
    return await collect(unpack, mostBytes);
  } finally {
    request.unpipe(unpack);
    unpack.destroy();
  }
}

function collect(from: Readable, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    from.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) return void chunks.push(chunk);
      from.pause();
      return reject(new UnreadableBody(413));
    });
    let isWhole = false;
    from.on('end', () => {
      isWhole = true;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    from.on('error', () => reject(new UnreadableBody(400)));
    from.on('close', () => {
      // Of a client that left before it had sent all, nothing more will come.
      if (!isWhole) reject(new UnreadableBody(400));
    });
  });
}
