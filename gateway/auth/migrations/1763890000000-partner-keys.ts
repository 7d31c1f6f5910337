import type { MigrationInterface, QueryRunner } from 'typeorm';
import { INBOX_DDL } from '../../../kernel/events/inbox-ddl';

/** What the gateway knows of partner keys, and how far it has read. */
export class PartnerKeys1763890000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table partner_key (
        key_id text primary key,
        key_hash bytea not null check (length(key_hash) = 32),
        programme_id text not null,
        partner_id text not null,
        scopes text[] not null,
        expires_at timestamptz,
        is_sandbox boolean not null,
        revoked_at timestamptz
      );
      ${INBOX_DDL}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table partner_key; drop table inbox_cursor');
  }
}
