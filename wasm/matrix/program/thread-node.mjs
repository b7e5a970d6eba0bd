// A worker thread of Node's kind: its own instance of the package, its own answers.

import { parentPort } from 'node:worker_threads';
import { ChanceryError, Verifier, version } from '@chancery/verifier';
import story from './story.mjs';
import { verdicts } from './verdicts.mjs';

parentPort.postMessage(JSON.stringify(verdicts({ ChanceryError, Verifier, version }, story)));
