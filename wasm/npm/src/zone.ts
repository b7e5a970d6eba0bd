// Offsets of time zones from UTC, which the verifier takes as evidence: JavaScript's own database knows them.
//
// Profile, "Capability", Hours. INVARIANT: an offset is for exactly the instant that is judged, and a zone that is
// not known here is recorded as that, so that the question ends.

import type { Need } from './decision.js';
import { apply, floor, isSafeInteger, NOT_A_NUMBER } from './intrinsics.js';
import { plainText, quoted } from './plain.js';

/** IANA names; an offset such as `+02:00` is none, although Intl takes it for a zone. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/;
/** How many zones are kept ready for a verifier that was asked about them before. */
const MOST_ZONES = 16;

const { DateTimeFormat } = Intl;
const { formatToParts } = DateTimeFormat.prototype;
const { UTC } = Date;
const { test } = RegExp.prototype;
const Instant = Date;
const { toISOString } = Date.prototype;

/** The zones that the papers of one verifier's peers were judged by. */
export class Zones {
  #known: readonly { readonly zone: string; readonly format: Intl.DateTimeFormat }[] = [];

  /** Gives an Evidence document of the zones' offsets at `at` (ms since 1970), or nothing where none is known. */
  evidence(at: number, unknown: readonly Need[]): string {
    let offsets = '';
    for (const { zone, format } of this.#known) {
      const offset = offsetAt(format, at);
      if (offset === undefined) continue;
      const moment = apply(toISOString, new Instant(at), []);
      offsets += `${offsets && ','}{"zone":${quoted(zone)},"at":"${moment}","offset":${offset},"tzdb":"Intl"}`;
    }
    let failures = '';
    for (const need of unknown) {
      failures += `${failures && ','}{"need":${plainText(need)},"code":"evidence.time_zone"}`;
    }
    return offsets + failures === '' ? '' : `{"zoneOffsets":[${offsets}],"failures":[${failures}]}`;
  }

  /** Learns the zone that is wanted; false when it is known already or is none. */
  learn(zone: string): boolean {
    for (const known of this.#known) if (known.zone === zone) return false;
    const format = formatOf(zone);
    if (format === undefined) return false;
    // The oldest goes first, so that a peer's zones never fill the memory.
    const kept = this.#known.length < MOST_ZONES ? this.#known : this.#known.slice(1);
    this.#known = [...kept, { zone, format }];
    return true;
  }
}

/** Gives the seconds east of UTC of a zone at an instant (ms since 1970); nothing for an unknown zone. */
export function offsetOf(zone: string, at: number): number | undefined {
  const format = formatOf(zone);
  return format && offsetAt(format, at);
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!apply(test, NAME, [zone])) return undefined;
  try {
    return new DateTimeFormat('en-US', {
      calendar: 'gregory',
      numberingSystem: 'latn',
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number | undefined {
  try {
    const none = NOT_A_NUMBER;
    const wall = { year: none, month: none, day: none, hour: none, minute: none, second: none };
    for (const { type, value } of apply(formatToParts, format, [at])) {
      switch (type) {
        case 'year':
        case 'month':
        case 'day':
        case 'hour':
        case 'minute':
        case 'second':
          wall[type] = +value;
          break;
        default:
      }
    }
    const shown = UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
    const offset = shown / 1000 - floor(at / 1000);
    return isSafeInteger(offset) ? offset : undefined;
  } catch {
    return undefined;
  }
}
