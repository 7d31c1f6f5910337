import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The documents clients may name instead of sending, and which alone members may run in production. */
export class TrustedDocuments1795880100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table trusted_document (
        id text primary key check (id ~ '^[0-9a-f]{64}$'),
        text text not null,
        client text not null,
        name text not null,
        published_at timestamptz not null default now(),
        retired_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trusted_document');
  }
}
