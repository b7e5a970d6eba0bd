// The table: one row a cell, with its result, its times and the size of what a bundler wrote.
// INVARIANT: a cell that did not run says why, and counts against the run unless `allowed.json` names it.

const HEAD = ['runtime', 'version', 'how imported', 'result', 'import ms', 'first verdict ms', 'bundle KiB (gzip)'];

/** What a row says whose reason stands below the table. */
const SHORT = { failed: 'FAILED', missing: 'NOT RUN' };

/** The rows as one aligned table. */
export function table(rows) {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const drawn = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  drawn.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return `${drawn.join('\n')}\n`;
}

function cells({ runtime, version = '-', how, state, result, answer }) {
  const bytes = answer?.bytes;
  const sizes = bytes === undefined ? '-' : `${kib(bytes.raw)} (${kib(bytes.gzip)})`;
  return [runtime, version, how, SHORT[state] ?? result, time(answer?.importing), time(answer?.first), sizes];
}

function time(value) {
  return value === undefined ? '-' : value.toFixed(1);
}

function kib(bytes) {
  return Math.ceil(bytes / 1024).toString();
}

/** The reasons of all that failed or did not run, a line each. */
export function reasons(rows) {
  return rows
    .filter(({ state }) => state !== 'passed')
    .map(({ name, state, result }) => `${SHORT[state]} ${name}: ${result}`);
}

/** The names of what fails the run: every failure, and in CI every cell not run that is not allowed to be missing. */
export function failures(rows, allowed, ci) {
  const counts = ({ state, name }) => state === 'failed' || (ci && state === 'missing' && allowed[name] === undefined);
  return rows.filter(counts).map(({ name }) => name);
}
