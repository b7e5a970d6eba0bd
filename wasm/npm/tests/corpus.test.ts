// The verdict corpus through the package's own module: the same verdict and the same code as every other door.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import '@chancery/verifier';

import { ask } from '../dist/engine.js';
import { offsetOf } from '../dist/zone.js';
import { corpus, type Outcome } from './world.js';

const WITHOUT_RDFC: Outcome = { allow: false, verdict: 'indeterminate', code: 'alg.unsupported_here' };

function outcome(text: string): Outcome {
  const { allow, verdict, code } = JSON.parse(ask((glue) => glue.decide(text))) as Outcome;
  return { allow, verdict, code };
}

test('every vector gets its verdict and code', () => {
  const all = corpus();
  const wrong: string[] = [];
  let apart = 0;
  for (const vector of all) {
    const needsRdf = vector.needs.includes('rdfc');
    if (needsRdf) apart += 1;
    const { allow, verdict, code } = needsRdf ? WITHOUT_RDFC : vector.expect;
    const said = outcome(vector.text);
    if (said.allow !== allow || said.verdict !== verdict || said.code !== code) {
      wrong.push(`${vector.name}: expected ${verdict} ${code}, npm said ${said.verdict} ${said.code}`);
    }
  }
  console.log(`vectors npm: ${all.length} judged, ${all.length - wrong.length} as expected, ${apart} of them without rdfc`);
  assert.ok(all.length > 2_000 && apart > 0, `${all.length} vectors, ${apart} with rdfc`);
  assert.deepEqual(wrong, []);
});

test('garbage gets a coded answer, and the module goes on', () => {
  const good = corpus().find((vector) => vector.expect.allow);
  assert.ok(good);
  const cuts = Array.from({ length: 1_000 }, (_, at) => good.text.slice(0, Math.floor((good.text.length * at) / 1_000)));
  for (const text of ['', '{', 'null', '[]', '{"at":1}', '['.repeat(20_000), '{"a":1,"a":2}', '\0', ...cuts]) {
    const said = outcome(text);
    assert.equal(said.allow, false);
    assert.match(said.code, /^[a-z_]+\.[a-z0-9_]+$/);
  }
  assert.equal(outcome(good.text).allow, true);
});

test("Intl's offsets are those of the corpus", () => {
  let compared = 0;
  for (const vector of corpus()) {
    for (const { zone, at, offset } of vector.evidence.zoneOffsets ?? []) {
      // Some vectors claim a wrong offset or a zone that there is not: then the verdict is the point.
      if (!vector.expect.allow) continue;
      assert.equal(offsetOf(zone, Date.parse(at)), offset, `${vector.name}: ${zone}`);
      compared += 1;
    }
  }
  console.log(`zone offsets: ${compared} compared with Intl`);
  assert.ok(compared > 0);
});

test('an offset changes at the very instant, and an unknown zone has none', () => {
  const berlin = (at: string): number | undefined => offsetOf('Europe/Berlin', Date.parse(at));
  assert.equal(berlin('2026-03-29T00:59:59.999Z'), 3_600);
  assert.equal(berlin('2026-03-29T01:00:00Z'), 7_200);
  assert.equal(berlin('2026-10-25T00:59:59.999Z'), 7_200);
  assert.equal(berlin('2026-10-25T01:00:00Z'), 3_600);
  assert.equal(offsetOf('Asia/Kathmandu', 1_790_000_000_000), 20_700);
  assert.equal(offsetOf('America/St_Johns', Date.parse('2026-01-01T00:00:00Z')), -12_600);
  for (const zone of ['', 'Europe/Atlantis', '../etc/passwd', 'Europe/Berlin\0', '+02:00', 'local', '__proto__']) {
    assert.equal(offsetOf(zone, 0), undefined, zone);
  }
  assert.equal(offsetOf('Europe/Berlin', Number.NaN), undefined);
  assert.equal(offsetOf('Europe/Berlin', 1e300), undefined);
});
