"""Chancery as its Python peers meet it: over HTTP and as a command. The twin of chancery.mjs.

INVARIANT: each check prints exactly one line, and a check that raises has failed.
"""

import json
import os
import re
import subprocess
import tempfile
import urllib.error
import urllib.request

BASE = os.environ["CHANCERY_URL"]
COMMAND = os.environ["CHANCERY"]
OURS, THEIRS, TAMPERED = "they verify ours", "we verify theirs", "we refuse tampered"


def check(peer, form, way, what, run):
    """Runs one check and prints its row."""
    try:
        run()
        outcome, detail = "pass", ""
    except Exception as error:  # whatever goes wrong is this check's failure
        outcome, detail = "FAIL", f"{type(error).__name__}: {error}"
    row = ["interop", peer, form, way, outcome, what, " ".join(detail.split())[:400]]
    print("\t".join(row), flush=True)


def call(path, body=None):
    """The status and the JSON body of an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def issue(profile, credential):
    """A credential issued by the profile, its issuer set."""
    issuer = call("/issuers")[1][profile]["id"]
    status, body = call(f"/issuers/{profile}/credentials/issue", {"credential": {**credential, "issuer": issuer}})
    assert status == 201, (status, body)
    return body["verifiableCredential"]


def verify(credential):
    return call("/verifiers/strict/credentials/verify", {"verifiableCredential": credential})


def accepts(credential):
    status, body = verify(credential)
    assert status == 200 and body["verified"] is True, (status, body)


def refuses(credential):
    """Refused as a client's error, with a code of the form `class.reason`."""
    status, body = verify(credential)
    assert status in (400, 422), (status, body)
    assert re.search(r'"code": "[a-z]\w*\.[a-z]\w*"', json.dumps(body)), (status, body)


def by_files(verb, feature, text, key, concealed=None):
    """`chancery conformance jose-cose`: a token made or judged."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("in", "key.json", "out.json")]
        for path, content in zip(paths, (text, json.dumps(key))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        words = [COMMAND, "conformance", "jose-cose", verb, "--input", paths[0], "--key", paths[1]]
        words += ["--feature", feature, "--output", paths[2]]
        words += ["--sd", json.dumps(concealed)] if concealed else []
        subprocess.run(words, check=False, capture_output=True)
        with open(paths[2], encoding="utf-8") as file:
            return json.load(file)
