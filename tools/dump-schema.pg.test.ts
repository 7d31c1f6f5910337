import { jars } from '../kernel/testkit/jars';
import { dumpSchemas } from './dump-schema';

describe('dumpSchemas', () => {
  it('names the file that is missing or differs, and writes nothing when only checking', async () => {
    const drifted = await dumpSchemas([{ ...jars, name: 'nowhere' }], { check: true });
    expect(drifted).toEqual(['subgraphs/nowhere/data/schema.sql']);
  });
});
