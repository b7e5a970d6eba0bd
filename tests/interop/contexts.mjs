// The JSON-LD contexts that the npm peers carry, as one JSON object, for the Python peer.
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {contexts as integrity} from '@digitalbazaar/data-integrity-context';

console.log(JSON.stringify(Object.fromEntries([...credentials, ...integrity])));
