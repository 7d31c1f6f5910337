import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who did what, as a chain: the hash of each line covers its text and the hash before it. `audit_head` holds the newest hash, and
 * its row is the lock that puts writers in order.
 */
export class AuditLog1795880200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_line (
        number bigint primary key check (number > 0),
        written_at timestamptz not null default clock_timestamp(),
        line text not null,
        hash bytea not null check (length(hash) = 32)
      );
      create index audit_line_written_at on audit_line using brin (written_at);
      create table audit_head (
        only_one boolean primary key default true check (only_one),
        number bigint not null,
        hash bytea not null check (length(hash) = 32)
      );
      insert into audit_head (number, hash) values (0, sha256(''))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table audit_head; drop table audit_line');
  }
}
