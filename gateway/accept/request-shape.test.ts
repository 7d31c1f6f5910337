import type { IncomingMessage } from 'node:http';
import { defaultLimits } from '../limits/limits';
import { graphBodyOf, requestSpan } from './request-shape';

describe('the span of a request', () => {
  const named = (url: string) => requestSpan({ method: 'POST', url } as IncomingMessage, 'req_1').name;

  it('names paths that are ours, and of no other what a client made up', () => {
    for (const path of ['/graphql', '/readyz', '/v1/batch', '/v1/track', '/v1/problems'])
      expect(named(`${path}?x=1`)).toBe(`POST ${path}`);
    for (const path of ['/v1/anything', '/v1/constructor', '/v1/', '/other']) expect(named(path)).toBe('POST /…');
  });
});

describe('a body that is not JSON', () => {
  const faultOf = (text: string) => {
    const read = graphBodyOf(Buffer.from(text), defaultLimits);
    return 'fault' in read ? read.fault : null;
  };

  it('is told so, with the place where it is known, and is not repeated', () => {
    expect(faultOf('{"query": "{ whoAmI }",}')?.message).toMatch(/^The body is not valid JSON: .* at position 23/);
    expect(faultOf('{"query": ')?.message).toBe('The body is not valid JSON: Unexpected end of JSON input.');
    expect(faultOf('card 4111111111111111')?.message).toBe('The body is not valid JSON.');
    expect(faultOf('')?.code).toBe('GATEWAY_BAD_REQUEST');
    expect(faultOf('{}')?.message).toBe('The body must be a JSON object with "query".');
  });

  it('is too large where JSON of its size is', () => {
    expect(faultOf(`{"query": ${'x'.repeat(defaultLimits.bodyBytes)}`)).toMatchObject({
      status: 413,
      code: 'GATEWAY_BODY_TOO_LARGE',
    });
  });
});
