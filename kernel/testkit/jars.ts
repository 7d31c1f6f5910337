import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { bigintColumn } from '../db/columns';
import type { DatabaseDefinition } from '../db/database';

@Entity({ name: 'jar' })
export class JarRow {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'bigint', transformer: bigintColumn })
  coins!: bigint;
}

export class CreateJar1700000000000 implements MigrationInterface {
  name = 'CreateJar1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table jar (
      id text primary key,
      coins bigint not null constraint jar_never_negative check (coins >= 0))`);
  }

  async down(): Promise<void> {}
}

/** A database small enough to be understood at a glance, for the kernel's own tests. */
export const jars: DatabaseDefinition = {
  name: 'jars',
  rows: [JarRow],
  migrations: [CreateJar1700000000000],
  appendOnly: [],
};
