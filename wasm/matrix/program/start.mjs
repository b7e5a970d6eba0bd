// The first module that a bundle evaluates: notes when that was, before the package is evaluated.

export const started = performance.now();
