"""PyLD: eddsa-rdfc-2022 made and judged with its expansion and its RDF canonicalization.

Two implementations that sign and verify each other's credentials have the same canonical form of each.
"""

import copy
import hashlib
import json
import os
import subprocess

from chancery import OURS, TAMPERED, THEIRS, accepts, check, issue, refuses
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld

PEER = "pyld (Python)"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HERE = os.path.dirname(os.path.abspath(__file__))
CONTEXTS = json.loads(subprocess.run(["node", "contexts.mjs"], cwd=HERE, check=True, capture_output=True).stdout)
V2 = "https://www.w3.org/ns/credentials/v2"
TERMS = {"@vocab": "https://example.org/terms#"}


def loader(url, _options):
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": CONTEXTS[url]}


def canonical(document):
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unbase58(text):
    number = 0
    for character in text:
        number = number * 58 + ALPHABET.index(character)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * (len(text) - len(text.lstrip("1"))) + data


def signed(document, options):
    """What eddsa-rdfc-2022 signs: the hash of the proof's options, then the hash of the document."""
    return canonical({"@context": document["@context"], **options}) + canonical(document)


class Signer:
    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        self.multibase = "z" + base58(b"\xed\x01" + self.key.public_key().public_bytes_raw())
        self.did = f"did:key:{self.multibase}"

    def sign(self, credential):
        document = {**credential, "issuer": self.did}
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2025-06-01T00:00:00Z",
            "verificationMethod": f"{self.did}#{self.multibase}",
            "proofPurpose": "assertionMethod",
        }
        value = "z" + base58(self.key.sign(signed(document, options)))
        return {**document, "proof": {**options, "proofValue": value}}


def verify(credential):
    document = {name: value for name, value in credential.items() if name != "proof"}
    options = {name: value for name, value in credential["proof"].items() if name != "proofValue"}
    multibase = options["verificationMethod"].split("#")[1]
    key = unbase58(multibase[1:])
    assert key[:2] == b"\xed\x01", "not an Ed25519 key"
    signature = unbase58(credential["proof"]["proofValue"][1:])
    try:
        Ed25519PublicKey.from_public_bytes(key[2:]).verify(signature, signed(document, options))
    except InvalidSignature as error:
        raise AssertionError("PyLD has another canonical form") from error


def credential(subject, context=(V2, TERMS)):
    return {
        "@context": list(context),
        "type": ["VerifiableCredential"],
        "validFrom": "2025-01-01T00:00:00Z",
        "credentialSubject": subject,
    }


GRAPHS = {
    "one name": credential({"id": "did:example:a", "name": "Ada"}, (V2,)),
    "text beyond ASCII": credential({"id": "did:example:a", "motto": "«Zürich»\n\t\"\\ \U0001F600"}),
    "numbers and truth": credential({"id": "did:example:a", "whole": 36, "part": 1.5, "small": 1e-7, "true": True}),
    "languages": credential({"id": "did:example:a", "word": [{"@value": "yes", "@language": "en"}, {"@value": "ja", "@language": "de"}]}),
    "typed values": credential({"id": "did:example:a", "day": {"@value": "2025-01-01", "@type": "http://www.w3.org/2001/XMLSchema#date"}}),
    "like blank nodes": credential({"id": "did:example:a", "part": [{"size": {"of": "x"}}, {"size": {"of": "x"}}, {"size": {"of": "y"}}]}),
    "deep blank nodes": credential({"a": {"b": {"c": {"d": {"e": {"f": "g"}}}}}}),
    "a list": credential({"id": "did:example:a", "steps": {"@list": ["one", "two", {"three": 3}]}}),
    "two subjects": credential([{"id": "did:example:a", "friend": "did:example:b"}, {"id": "did:example:b", "age": 1}]),
    "a graph in a graph": credential({"id": "did:example:a", "said": {"@graph": [{"id": "did:example:c", "colour": "red"}]}}),
}


def leaves(value, path=()):
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for name, inner in items for leaf in leaves(inner, (*path, name))]
    return [path]


def changed(document, path):
    copied = copy.deepcopy(document)
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    value = inner[path[-1]]
    if isinstance(value, bool):
        inner[path[-1]] = not value
    elif isinstance(value, str):
        inner[path[-1]] = value + "x"
    else:
        inner[path[-1]] = value + 1
    return copied


def main():
    signer = Signer()
    for name, document in GRAPHS.items():
        check(PEER, "eddsa-rdfc-2022", OURS, name, lambda: verify(issue("eddsa-rdfc-2022", document)))
        made = signer.sign(document)
        check(PEER, "eddsa-rdfc-2022", THEIRS, name, lambda: accepts(made))
        for path in leaves(made):
            what = f"{name}: /{'/'.join(map(str, path))} changed"
            check(PEER, "eddsa-rdfc-2022", TAMPERED, what, lambda: refuses(changed(made, path)))


main()
