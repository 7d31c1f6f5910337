import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import { asAdministrator } from '../../kernel/db/provision';
import { readSqlFolder, runInvariants } from '../../kernel/db/invariants';
import { newId } from '../../kernel/values/id';
import { send, sendGraph } from '../testkit/send';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';
import { readAudit } from './audit-log';

const programme = newId('prg');
const ENROL = 'mutation Enrol { enrol(name: "Anna") { id } }';
const NAME = 'query Name { member(ref: { id: "m1" }) { ...shown } } fragment shown on Member { displayName }';
const PLAIN = '{ member(ref: { id: "m1" }) { id } }';

describe('the audit log', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());
  afterEach(() => jest.restoreAllMocks());

  const admin = async (subject: string) => hub.client(await hub.issuer.mint({ role: 'admin', programme, subject }));
  const written = async () => {
    const lines = await readAudit(hub.database, new Date(0), 10_000);
    return lines.map(({ line }) => JSON.parse(line) as Record<string, unknown>);
  };
  const offending = async () => {
    const findings = await runInvariants(hub.database, join(projectRoot(), 'gateway', 'invariants'));
    return findings.flatMap(({ rows }) => rows);
  };

  it('holds what a person changed, and how it ended, without what was said', async () => {
    const before = (await written()).length;
    await (await admin('kim')).query(ENROL);
    const [asked, answered] = (await written()).slice(before);
    expect(asked).toMatchObject({
      step: 'ASKED',
      kind: 'mutation',
      operationName: 'Enrol',
      roots: ['enrol'],
      programme,
    });
    expect(asked?.['caller']).toBe(`admin:${programme}:kim`);
    expect(answered).toEqual({ step: 'ANSWERED', requestId: asked?.['requestId'], codes: [] });
    expect(JSON.stringify([asked, answered])).not.toContain('Anna');
  });

  it('holds who read personal data, wherever in the document it stands, also in a subscription', async () => {
    const client = await admin('lee');
    const mine = async () => (await written()).filter(({ caller }) => String(caller).endsWith(':lee'));
    await client.query(PLAIN);
    expect(await mine()).toHaveLength(0);
    await client.query(NAME);
    expect(await mine()).toMatchObject([{ kind: 'query', isPersonal: true }]);
    const stream = client.subscribe('subscription { balanceChanged(memberId: "m1") { member { displayName } } }');
    const first = stream.next();
    await until(() => hub.fixture.readers() > 0);
    hub.fixture.publish(1, '5');
    await first;
    expect(await mine()).toMatchObject([{ kind: 'query' }, { kind: 'subscription', isPersonal: true }]);
    await stream.return?.();
    await client.close();
  });

  it('is no diary of tills: what a partner does stands in the journal', async () => {
    const before = (await written()).length;
    await hub.client(hub.partners.issueKey().text).query(ENROL);
    await hub.client(hub.partners.issueKey().text).query(NAME);
    expect(await written()).toHaveLength(before);
  });

  it('comes first: what cannot be written down is not done', async () => {
    const client = await admin('kim');
    const asked = hub.fixture.asked.length;
    jest.spyOn(hub.database.pool, 'query').mockRejectedValue(new Error('disk full') as never);
    const { body } = await client.query(ENROL);
    expect(body.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_UNAVAILABLE');
    expect(hub.fixture.asked).toHaveLength(asked);
  });

  it('has a read that cannot be written down answered by GET as by POST', async () => {
    const token = await hub.issuer.mint({ role: 'admin', programme, subject: 'kim' });
    const query = '{ member(ref: { id: "m1" }) { displayName } }';
    const headers = { authorization: `Bearer ${token}`, 'apollo-require-preflight': '1' };
    jest.spyOn(hub.database.pool, 'query').mockRejectedValue(new Error('disk full') as never);
    const posted = await sendGraph(`${hub.url}/graphql`, { query }, headers);
    const fetched = await send(`${hub.url}/graphql?query=${encodeURIComponent(query)}`, { method: 'GET', headers });
    for (const { status, json } of [posted, fetched])
      expect([status, json?.errors?.[0]?.extensions.code]).toEqual([200, 'SUBGRAPH_UNAVAILABLE']);
  });

  it('keeps its order and its chain under many writers', async () => {
    const before = (await written()).length;
    const clients = await Promise.all(Array.from({ length: 8 }, (_, n) => admin(`writer${n}`)));
    await Promise.all(clients.flatMap((client) => Array.from({ length: 5 }, () => client.query(ENROL))));
    expect(await written()).toHaveLength(before + 80);
    expect(await offending()).toEqual([]);
  });

  it('shows a line that was changed, one that was removed, and an end that was cut off', async () => {
    await (await admin('kim')).query(ENROL);
    const invariant = readSqlFolder(join(projectRoot(), 'gateway', 'invariants'))[0]!.sql;
    const whileDone = (sql: string) =>
      asAdministrator(hub.database.ownerUrl, async (client) => {
        await client.query('begin');
        await client.query(sql);
        const { rows } = await client.query(invariant);
        await client.query('rollback');
        return rows.length;
      });
    const change = `/* test.change */ update audit_line set line = replace(line, 'kim', 'lee') where number = 1`;
    await expect(hub.database.pool.query(change)).rejects.toThrow('permission denied');
    // Whoever owns the database may: with the hash left as it was, and with one that fits the new text.
    expect(await whileDone(change)).toBe(1);
    const rehash = `, hash = sha256(sha256('') || convert_to(replace(line, 'kim', 'lee'), 'UTF8')) where number = 1`;
    expect(await whileDone(change.replace(' where number = 1', rehash))).toBe(1);
    expect(await whileDone('/* test.remove */ delete from audit_line where number = 2')).toBe(1);
    expect(
      await whileDone('/* test.cut */ delete from audit_line where number = (select max(number) from audit_line)'),
    ).toBe(1);
  });
});
