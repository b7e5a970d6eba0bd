// The module's bytes, which `build.mjs` writes next to the other files.

/** The module, base64. */
export const base64: string;
