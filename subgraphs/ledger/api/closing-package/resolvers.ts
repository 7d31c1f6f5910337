import { ClosingPackageQuery } from './closing-package.query';

/** Everything of the graph that is about closing packages. */
export const closingPackageResolvers = [ClosingPackageQuery] as const;
