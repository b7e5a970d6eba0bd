// The credentials that every peer is asked to sign or to judge: small, nested, multilingual, and of both models.
// @digitalbazaar's JCS suites compare contexts as JavaScript values, so that an inline one equals nothing: they get
// the same credentials with contexts that are URLs alone.

const SUBJECT = 'did:example:subject';
const EXAMPLES = {'@vocab': 'https://example.org/terms#'};

export const small = {
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  type: ['VerifiableCredential'],
  credentialSubject: {id: SUBJECT, name: 'Ada'}
};

export const rich = {
  '@context': ['https://www.w3.org/ns/credentials/v2', EXAMPLES],
  id: 'urn:uuid:7e0b0c5c-5a3e-4a0e-9a3b-0d7a1d7f3c11',
  type: ['VerifiableCredential', 'Membership'],
  name: [{'@value': 'Membership', '@language': 'en'}, {'@value': 'Mitgliedschaft', '@language': 'de'}],
  validFrom: '2025-01-01T00:00:00Z',
  validUntil: '2099-01-01T00:00:00Z',
  credentialSubject: {
    id: SUBJECT,
    type: 'Member',
    age: 36,
    active: true,
    address: {city: 'Zürich', lines: ['Bahnhofstrasse 1', '«c/o» Müller \u{1F600}']},
    tools: [{tool: 'pen', colour: 'blue'}, {tool: 'ruler', length: 30}]
  }
};

export const older = {
  '@context': ['https://www.w3.org/2018/credentials/v1', 'https://w3id.org/security/data-integrity/v2', EXAMPLES],
  id: 'urn:uuid:7e0b0c5c-5a3e-4a0e-9a3b-0d7a1d7f3c12',
  type: ['VerifiableCredential'],
  issuanceDate: '2025-01-01T00:00:00Z',
  credentialSubject: {id: SUBJECT, degree: {type: 'Bachelor', title: 'Mathematics'}}
};

export const richByUrl = {...rich, '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/examples/v2']};

export const olderByUrl = {
  ...older,
  '@context': ['https://www.w3.org/2018/credentials/v1', 'https://w3id.org/security/data-integrity/v2'],
  credentialSubject: {id: SUBJECT}
};
