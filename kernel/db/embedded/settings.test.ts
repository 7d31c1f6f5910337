import { serverSettings } from './settings';

const GB = 1024 ** 3;

describe('the settings of the embedded server', () => {
  it('give a quarter of the memory to the page cache, within limits', () => {
    const buffersOf = (memory: number) => serverSettings(memory).shared_buffers;
    expect([0.25 * GB, 8 * GB, 64 * GB].map(buffersOf)).toEqual(['128MB', '2048MB', '4096MB']);
  });

  it('take no more than this machine has', () => {
    expect(parseInt(serverSettings().shared_buffers!, 10)).toBeLessThanOrEqual(4_096);
  });
});
