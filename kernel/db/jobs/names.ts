/** The schema of a database that holds its job queue; rights on it are set with all others (`applyGrants`). */
export const JOB_SCHEMA = 'jobs';

/** The table of that schema in which the queue remembers its own migrations. */
export const JOB_MIGRATION_TABLE = 'migrations';
