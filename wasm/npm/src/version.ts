// The version of this package and of the module in it, which a test compares.

/** The version, as in package.json. */
export const version = '0.1.0';
