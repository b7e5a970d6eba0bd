// Memory: neither the module's nor JavaScript's grows with the number of verdicts.
//
// CHANCERY_VERIFICATIONS says how many; the short default is enough to see a growth per verdict.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Verifier } from '@chancery/verifier';

import { ask } from '../dist/engine.js';
import { said, scene } from './world.js';

const COUNT = Number(process.env['CHANCERY_VERIFICATIONS'] ?? 4_000);

const collect = globalThis.gc ?? assert.fail('run with --expose-gc');

function measured(): { readonly module: number; readonly heap: number } {
  collect();
  let module = 0;
  ask((glue) => {
    module = glue.memory();
    return '';
  });
  return { module, heap: process.memoryUsage().heapUsed };
}

/** Lets finalizers run, which end the sessions and close the verifiers that are gone. */
async function collected(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test(`memory does not grow over ${COUNT} verdicts`, () => {
  const { verifier, presentation, request, world } = scene();
  const hostile = [presentation.slice(0, -20), '['.repeat(5_000), '{}', 'x'.repeat(2_000_000)];
  const round = (number: number): void => {
    assert.equal(said(verifier.verify(presentation, request)), 'allow valid ok');
    if (number % 10 === 0) assert.equal(verifier.verify(hostile[(number / 10) % hostile.length] ?? '', request).allow, false);
    world.committed.length = 0;
  };
  for (let number = 0; number < 400; number += 1) round(number);
  const before = measured();
  const began = performance.now();
  for (let number = 0; number < COUNT; number += 1) round(number);
  const took = (performance.now() - began) / COUNT;
  const after = measured();
  console.log(
    `memory: ${COUNT} verdicts, ${(took * 1_000).toFixed(0)} us each; module ${before.module >> 10} -> ${after.module >> 10} KiB, heap ${(before.heap / 1_048_576).toFixed(1)} -> ${(after.heap / 1_048_576).toFixed(1)} MiB`,
  );
  assert.equal(after.module, before.module, 'the module took more memory');
  assert.ok(after.heap - before.heap < 2_000_000, `the heap grew by ${after.heap - before.heap} bytes`);
});

test('sessions and verifiers that are gone are forgotten', async () => {
  const { verifier, presentation, request, options } = scene();
  const admit = async (count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1) {
      assert.equal(verifier.admit(presentation, { nonce: request.nonce }).ok, true);
      if (number % 100 === 99) await collected();
    }
  };
  const open = async (count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1) {
      assert.equal(new Verifier(options).signer, verifier.signer);
      if (number % 100 === 99) await collected();
    }
  };
  await admit(300);
  await open(300);
  const before = measured();
  await admit(700);
  // More than the module holds at a time.
  await open(1_100);
  const after = measured();
  console.log(`memory: 700 sessions and 1,100 verifiers more; module ${before.module >> 10} -> ${after.module >> 10} KiB`);
  assert.ok(after.module <= before.module + 1_048_576, 'the module keeps what is gone');
});
