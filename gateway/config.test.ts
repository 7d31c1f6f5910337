import { defaultGatewayConfig, readGatewayConfig } from './config';

describe('the gateway’s configuration', () => {
  it('needs nothing to be set', () => {
    expect(readGatewayConfig({})).toEqual({ host: '127.0.0.1', port: 4000, config: defaultGatewayConfig });
  });

  it('reads lists and numbers', () => {
    const { port, config } = readGatewayConfig({
      HUB_PORT: '0',
      HUB_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      HUB_LIMIT_DEPTH: '7',
    });
    expect([port, config.allowedOrigins, config.limits.depth]).toEqual([
      0,
      ['https://a.example', 'https://b.example'],
      7,
    ]);
  });

  it('names every faulty variable at once', () => {
    expect(() => readGatewayConfig({ HUB_PORT: 'http', HUB_MODE: 'test', HUB_LIMIT_PAGE_SIZE: '500' })).toThrow(
      /HUB_PORT[^]*HUB_MODE[^]*HUB_LIMIT_PAGE_SIZE/,
    );
  });
});
