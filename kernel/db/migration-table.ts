/** Where TypeORM remembers which migrations have run in a database. */
export const MIGRATION_TABLE = 'schema_migration';
