"""sd-jwt, the Python reference library of RFC 9901, by files under a pinned key."""

import base64
import json
import re

from chancery import OURS, TAMPERED, THEIRS, by_files, check
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

PEER = "sd-jwt (Python)"
CONTROLLER = "https://issuer.example/interop"
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
SUBJECT = {
    "id": "did:example:subject",
    "age": 36,
    "address": {"city": "Zürich", "street": "Bahnhofstrasse 1"},
    "tools": ["pen", "ruler"],
}
PLAIN = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": CONTROLLER,
    "validFrom": "2025-01-01T00:00:00Z",
}
PATHS = ["credentialSubject.age", "credentialSubject.address.city", "credentialSubject.tools[1]"]


def nudged(text):
    middle = len(text) // 2
    return text[:middle] + ("B" if text[middle] == "A" else "A") + text[middle + 1 :]


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def run(alg):
    key = JWK.generate(kty="EC", crv=CURVES[alg])
    kid = key.thumbprint()
    public = json.loads(key.export_public()) | {"kid": kid, "alg": alg}
    secret = json.loads(key.export_private()) | {"kid": kid, "alg": alg}
    method = {"id": f"{CONTROLLER}#key-1", "type": "JsonWebKey", "controller": CONTROLLER}
    method |= {"publicKeyJwk": public, "secretKeyJwk": secret}
    form = f"vc+sd-jwt, {alg}"

    def theirs_of(text):
        return SDJWTVerifier(text, lambda _issuer, _header: key).get_verified_payload()

    def judged(text, expected):
        answer = by_files("verify", "credential_sdjwt", text, method)
        assert answer["result"] == expected, answer
        assert expected == "success" or re.match(r"[a-z]\w*\.[a-z]\w*", answer["data"]), answer

    def ours():
        made = by_files("issue", "credential_sdjwt", json.dumps(PLAIN | {"credentialSubject": SUBJECT}), method, PATHS)
        assert made["result"] == "success", made
        assert theirs_of(made["data"])["credentialSubject"] == SUBJECT

    def ours_withheld():
        made = by_files("issue", "credential_sdjwt", json.dumps(PLAIN | {"credentialSubject": SUBJECT}), method, PATHS)
        holder = SDJWTHolder(made["data"])
        holder.create_presentation({"credentialSubject": {"age": True}})
        seen = theirs_of(holder.sd_jwt_presentation)["credentialSubject"]
        assert seen["age"] == 36 and seen["tools"] == ["pen"] and "city" not in seen["address"], seen

    check(PEER, form, OURS, "all disclosed", ours)
    check(PEER, form, OURS, "withheld by them", ours_withheld)

    subject = {"id": SUBJECT["id"], SDObj("age"): 36, "tools": ["pen", SDObj("ruler")]}
    subject[SDObj("address")] = {SDObj("city"): "Zürich", "street": "Bahnhofstrasse 1"}
    claims = PLAIN | {"credentialSubject": subject}
    header = {"typ": "vc+sd-jwt", "cty": "vc", "kid": kid}
    for decoys in (False, True):
        made = SDJWTIssuer(claims, key, sign_alg=alg, add_decoy_claims=decoys, extra_header_parameters=header)
        text = made.sd_jwt_issuance
        name = "with decoys" if decoys else "all disclosed"
        check(PEER, form, THEIRS, name, lambda: judged(text, "success"))
    for name, shown in (
        ("none disclosed", {}),
        ("one disclosed", {"credentialSubject": {"age": True}}),
        ("nested", {"credentialSubject": {"address": {"city": True}}}),
    ):
        holder = SDJWTHolder(text)
        holder.create_presentation(shown)
        check(PEER, form, THEIRS, name, lambda: judged(holder.sd_jwt_presentation, "success"))

    jwt, *disclosures = text.split("~")
    head, body, signature = jwt.split(".")
    changes = {
        "signature nudged": [".".join((head, body, nudged(signature))), *disclosures],
        "a claim changed": [".".join((head, encode(decode(body) | {"validFrom": "2024-01-01T00:00:00Z"}), signature)), *disclosures],
        "alg none": [".".join((encode(decode(head) | {"alg": "none"}), body, "")), *disclosures],
        "typ changed": [".".join((encode(decode(head) | {"typ": "JWT"}), body, signature)), *disclosures],
        "a disclosure twice": [jwt, disclosures[0], *disclosures],
        "a disclosure that nothing names": [jwt, encode(["c2FsdHNhbHRzYWx0c2FsdA", "admin", True]), *disclosures],
    }
    for index, disclosure in enumerate(disclosures[:-1]):
        salt, *rest = decode(disclosure)
        altered = encode([salt, *rest[:-1], "another value"])
        changes[f"disclosure {index} with another value"] = [jwt, *disclosures[:index], altered, *disclosures[index + 1 :]]
    for what, parts in changes.items():
        check(PEER, form, TAMPERED, what, lambda: judged("~".join(parts), "failure"))


for algorithm in CURVES:
    run(algorithm)
