import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { EntityManager, type DataSource } from 'typeorm';
import type { ProgrammeId } from '../values/id';

/** The setting of a connection that says whose rows it may reach; unset or empty: nobody's. See docs/adr/0033. */
export const TENANT_SETTING = 'hub.programme';

/** The role that requests of one programme run as; `provisionDatabase` makes it beside the application's. */
export function tenantRoleOf(applicationRole: string): string {
  return `${applicationRole}_tenant`;
}

/** A database as one programme sees it. */
export interface TenantView {
  readonly dataSource: DataSource;
  readonly pool: Pool;
}

/** Views kept at most; one is some hundred bytes, and the oldest goes first. */
const VIEWS_MAX = 10_000;
const SET_TENANT = `/* kernel.tenant.set */ select set_config('${TENANT_SETTING}', $1, false)`;

type Connected = (error: Error | undefined, client: PoolClient | undefined, release: (error?: unknown) => void) => void;

/**
 * A pool of connections under the tenant role, and a view of it for each programme. A connection is handed out only once it is set
 * to the programme of the view it is borrowed through; it keeps that setting until a view of another programme borrows it.
 */
export class TenantViews {
  private readonly pool: Pool;
  private readonly views = new Map<ProgrammeId | '', TenantView>();
  /** What each connection is set to; one that is being set, or could not be, is not in it. */
  private readonly settings = new WeakMap<PoolClient, string>();

  /**
   * @param dataSource the application's own, whose rows and statements the views share
   * @param config     how to connect as the application, which may become the tenant role
   */
  constructor(
    private readonly dataSource: DataSource,
    { role, onError, ...config }: PoolConfig & { readonly role: string; readonly onError: (error: Error) => void },
  ) {
    // As an option of the connection, so that RESET ROLE and DISCARD ALL come back to it.
    this.pool = new Pool({ ...config, options: `-c role=${role.replaceAll(/[\\\s]/g, '\\$&')}` });
    this.pool.on('error', onError);
  }

  /** The rows of one programme; of none for null. */
  of(programmeId: ProgrammeId | null): TenantView {
    const tenant = programmeId ?? '';
    const known = this.views.get(tenant);
    if (known !== undefined) return known;
    if (this.views.size >= VIEWS_MAX) this.views.delete(this.views.keys().next().value!);
    const pool = this.poolOf(tenant);
    const view = { pool, dataSource: viewOf(this.dataSource, pool) };
    this.views.set(tenant, view);
    return view;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** The pool, but what is borrowed is set to the tenant first; `query` of `pg` borrows through `connect` as well. */
  private poolOf(tenant: string): Pool {
    const connect = (told: Connected): void =>
      this.pool.connect((error, client, release) => {
        if (error !== undefined || client === undefined) told(error, client, release);
        else if (this.settings.get(client) === tenant) told(undefined, client, release);
        else this.set(client, tenant, { release, told });
      });
    const either = (told?: Connected): unknown =>
      told === undefined
        ? new Promise((resolve, reject) => connect((error, client) => (error ? reject(error) : resolve(client))))
        : connect(told);
    return Object.create(this.pool, { connect: { value: either } }) as Pool;
  }

  /** A connection that cannot be set is closed, never given back. */
  private set(
    client: PoolClient,
    tenant: string,
    { release, told }: { release: (error?: unknown) => void; told: Connected },
  ): void {
    this.settings.delete(client);
    client.query(SET_TENANT, [tenant]).then(
      () => {
        this.settings.set(client, tenant);
        told(undefined, client, release);
      },
      (error: Error) => {
        release(error);
        told(error, undefined, () => undefined);
      },
    );
  }
}

/** The data source over another pool: everything but the way to connections is the original's. */
function viewOf(dataSource: DataSource, pool: Pool): DataSource {
  const view = Object.create(dataSource) as DataSource;
  const driver = Object.create(dataSource.driver) as DataSource['driver'];
  Object.defineProperties(driver, {
    master: { value: pool },
    dataSource: { value: view },
    connection: { value: view },
  });
  Object.defineProperties(view, { driver: { value: driver }, manager: { value: new EntityManager(view) } });
  return view;
}
