// What the consumer prints with; its compiler knows no browser and no Node, and the package's types need neither.

declare const console: { log(...values: unknown[]): void };
