import { AddressSet } from '../../kernel/values/address-range';
import { clientAddress } from './client-address';

const proxies = new AddressSet(['10.0.0.0/8']);
const from = (address: string, forwardedFor?: string) =>
  clientAddress({ authorization: undefined, address, forwardedFor }, proxies);

it('is the other end of the connection, whatever a stranger forwards', () => {
  expect(from('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
  expect(from('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

it('is, behind proxies of the operator, what the outermost of them saw and nothing its client wrote', () => {
  expect(from('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(from('10.0.0.1', '192.0.2.66, 198.51.100.1, 10.0.0.2')).toBe('198.51.100.1');
  expect(from('::ffff:10.0.0.1', '2001:db8::1')).toBe('2001:db8::1');
});

it('is the proxy itself when that says nothing that could be an address', () => {
  expect(from('10.0.0.1')).toBe('10.0.0.1');
  expect(from('10.0.0.1', '192.0.2.66, unknown')).toBe('10.0.0.1');
});
