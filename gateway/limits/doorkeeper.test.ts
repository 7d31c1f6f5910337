import type { Principal } from '../../kernel/context/principal';
import { Doorkeeper } from './doorkeeper';
import { defaultLanes, Lanes } from './lanes';

const partner = (partnerId: string): Principal =>
  ({ kind: 'partner', programmeId: 'prg_1', partnerId, keyId: `key_${partnerId}`, scopes: [] }) as unknown as Principal;

it('a doorkeeper sends away whom the lane has no place for, by a credential it has seen, until there is room', async () => {
  const lanes = new Lanes({ ...defaultLanes, tills: { running: 1, waiting: 2, waitingOfOne: 1, waitMs: 1_000 } });
  const door = new Doorkeeper(lanes);
  door.met('Bearer flood', partner('flood'));
  door.met('Bearer till', partner('till'));
  const leave = await lanes.enter(partner('flood'), false);
  expect(door.faultFor('Bearer flood')).toBeNull();
  const waiting = lanes.enter(partner('flood'), false);
  expect(door.faultFor('Bearer flood')).toMatchObject({ code: 'GATEWAY_TOO_MANY_AT_ONCE', status: 429 });
  expect([door.faultFor('Bearer till'), door.faultFor('Bearer other'), door.faultFor(undefined)]).toEqual([
    null,
    null,
    null,
  ]);
  const nobody = lanes.enter({ kind: 'anonymous' }, false);
  expect(door.faultFor(undefined)).toMatchObject({ code: 'GATEWAY_TOO_MANY_AT_ONCE' });
  expect(door.faultFor('Bearer till')).toMatchObject({ code: 'GATEWAY_OVERLOADED', status: 503 });
  leave();
  (await waiting)();
  (await nobody)();
  expect([door.faultFor('Bearer flood'), door.faultFor('Bearer till'), door.faultFor(undefined)]).toEqual([
    null,
    null,
    null,
  ]);
});
