// Node: the package by `require`, from CommonJS.

const { line } = require('./line.mjs');
const { default: story } = require('./story.mjs');

const started = performance.now();
const chancery = require('@chancery/verifier');
console.log(line(chancery, story, started));
