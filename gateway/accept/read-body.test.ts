import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readBody } from './read-body';

describe('reading a body', () => {
  it.each(['identity', 'gzip'])('gives up on a client that left before it was begun (%s)', async (packing) => {
    const request = new Readable({ read: () => {} });
    await new Promise<void>((closed) => request.once('close', closed).destroy());
    const asked = Object.assign(request, { headers: { 'content-encoding': packing } }) as unknown as IncomingMessage;
    await expect(readBody(asked, 10)).rejects.toMatchObject({ status: 400 });
  });
});
