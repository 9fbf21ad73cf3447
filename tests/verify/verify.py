#!/usr/bin/env python3
"""A verifier of the audit log, written from docs/transparency.md alone. It needs nothing but Python 3.

  verify.py head        --key KEY CHECKPOINT
  verify.py entry       --key KEY PROOF.json
  verify.py consistency --key KEY OLDER_CHECKPOINT NEWER_CHECKPOINT CONSISTENCY.json

KEY is a verifier key (name+id+base64) or the 32 bytes of the public key in base64, or a file that holds one of them.
It says what holds, and ends with 0; or says what does not, and ends with 1.
"""
import argparse
import base64
import hashlib
import json
import os
import sys


class No(Exception):
    """Something does not hold."""


# Ed25519 (RFC 8032, 5.1): the curve -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo P.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data):
    """A point from its 32 bytes, as (X, Y, Z, T)."""
    number = int.from_bytes(data, "little")
    odd, y = number >> 255, number % 2**255
    if y >= P:
        raise No("a point is not in its shortest form")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        raise No("some bytes are no point of the curve")
    if x % 2 != odd:
        x = P - x
    return x, y, 1, x * y % P


def add(one, other):
    """The sum of two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, base):
    """A multiple of a point."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, base)
        base = add(base, base)
        number >>= 1
    return total


BASE = point(bytes.fromhex("58" + "66" * 31))


def signed(key, message, signature):
    """Whether the key signed the message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        public, r = point(key), point(signature[:32])
    except No:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    left, right = times(s, BASE), add(r, times(int.from_bytes(digest, "little") % L, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def unbase64(text, what):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise No(f"{what} is not base64") from None


def unhex(text, what):
    if not isinstance(text, str) or len(text) != 64 or text != text.lower():
        raise No(f"{what} is no hash of 64 lower-case hexadecimal digits")
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise No(f"{what} is no hash of 64 lower-case hexadecimal digits") from None


def read_key(text):
    """The key's name (None where only the bytes are known) and its bytes."""
    if os.path.isfile(text):
        with open(text, encoding="utf-8") as file:
            text = file.read()
    text = text.strip()
    if text.count("+") >= 2 and len(text) > 44:
        name, number, rest = text.split("+", 2)
        kind = unbase64(rest, "the key")
        if kind[:1] != b"\x01" or len(kind) != 33 or key_hash(name, kind[1:]).hex() != number:
            raise No("the verifier key does not fit together")
        return name, kind[1:]
    key = unbase64(text, "the key")
    if len(key) != 32:
        raise No("the key has not 32 bytes")
    return None, key


def key_hash(name, key):
    return hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]


def open_head(note, key):
    """The size and the root of a checkpoint that the key signed."""
    name, public = key
    text, empty, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not empty or len(lines) < 3 or not signatures.endswith("\n"):
        raise No("the head is no checkpoint")
    name = lines[0] if name is None else name
    if lines[0] != name:
        raise No("the head belongs to another log")
    if not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise No("the size of the head is no number")
    root = unbase64(lines[2], "the root")
    if len(root) != 32:
        raise No("the root of the head is no hash")
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != name:
            continue
        data = unbase64(parts[2], "a signature")
        if data[:4] == key_hash(name, public):
            if not signed(public, (text + "\n").encode(), data[4:]):
                raise No("the signature of the head does not hold")
            return int(lines[1]), root
    raise No("the head is not signed by this key")


def check(value, depth=0):
    """Only what has one canonical form and no other."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int) and abs(value) < 2**53:
        return
    if isinstance(value, list) and depth < 17:
        for item in value:
            check(item, depth + 1)
        return
    if isinstance(value, dict) and depth < 17:
        for key, item in value.items():
            if not key or not all(letter in "abcdefghijklmnopqrstuvwxyz0123456789_" for letter in key):
                raise No(f"the key {key!r} may not stand in an entry")
            check(item, depth + 1)
        return
    raise No(f"the value {value!r} may not stand in an entry")


def canonical(value):
    check(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def climb(index, size, leaf, path):
    """The root that a leaf and its path come to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise No("the entry has no place in a tree of this size")
    place, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise No("the path is too long")
        if place % 2 or place == last:
            root = sha256(b"\x01", step, root)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            root = sha256(b"\x01", root, step)
        place, last = place // 2, last // 2
    if last:
        raise No("the path is too short")
    return root


def consistent(older, newer, path):
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    (small, small_root), (large, large_root) = older, newer
    if small > large:
        raise No("the older head covers more than the newer one")
    if small == large or small == 0:
        if path:
            raise No("there is nothing to be shown, but a path was given")
        if small == large and small_root != large_root:
            raise No("two heads of one size have different roots")
        if small == 0 and small_root != sha256():
            raise No("the root of the empty tree is wrong")
        return
    steps = [small_root] + path if small & (small - 1) == 0 else list(path)
    if not steps:
        raise No("the path is too short")
    place, last = small - 1, large - 1
    while place % 2:
        place, last = place // 2, last // 2
    left = right = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise No("the path is too long")
        if place % 2 or place == last:
            left, right = sha256(b"\x01", step, left), sha256(b"\x01", step, right)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            right = sha256(b"\x01", right, step)
        place, last = place // 2, last // 2
    if last:
        raise No("the path is too short")
    if left != small_root:
        raise No("the path does not come to the older root")
    if right != large_root:
        raise No("the path does not come to the newer root")


MEMBERS = {
    "act", "actor", "actor_id", "actor_role", "at", "commitment", "facts", "format", "from_state", "id", "subject",
    "subject_id", "to_state",
}


def text_of(name):
    with open(name, encoding="utf-8", newline="") as file:
        return file.read()


def json_of(name):
    def once(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise No("a key comes twice")
        return dict(pairs)

    try:
        return json.loads(text_of(name), object_pairs_hook=once)
    except ValueError as cause:
        raise No(f"{name} is no JSON: {cause}") from None


def whole(value, what):
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise No(f"{what} is no whole number")
    return value


def verify_entry(key, proof):
    if proof.get("form") != "yuti.proof.1":
        raise No("the file is no proof of a form known here")
    entry = proof["entry"]
    if set(entry) != MEMBERS or entry["format"] != "yuti.audit.1":
        raise No("the entry has not the members of its form")
    size, root = open_head(proof["checkpoint"], key)
    print(f"head: {size} entries, signature holds")
    leaf = sha256(b"\x00", canonical(entry))
    path = [unhex(step, "a step of the path") for step in proof["path"]]
    index = whole(proof["leaf_index"], "the place of the entry")
    if climb(index, size, leaf, path) != root:
        raise No("entry and path do not come to the root of the head")
    print(f"entry {entry['id']}: {entry['act']} at {entry['at']} is number {index} under that head")
    opened = proof.get("opened")
    if opened is not None:
        commitment = sha256(unhex(opened["salt"], "the salt"), canonical(opened["personal"]))
        if commitment.hex() != entry["commitment"]:
            raise No("the personal part is not the one that was committed to")
        print("personal part: it is the one that was committed to")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["head", "entry", "consistency"])
    parser.add_argument("--key", required=True)
    parser.add_argument("files", nargs="+")
    given = parser.parse_args()
    key = read_key(given.key)
    if given.what == "head":
        print("head: {} entries, signature holds".format(open_head(text_of(given.files[0]), key)[0]))
    elif given.what == "entry":
        verify_entry(key, json_of(given.files[0]))
    else:
        older, newer = (open_head(text_of(name), key) for name in given.files[:2])
        steps = [unhex(step, "a step of the path") for step in json_of(given.files[2])["path"]]
        consistent(older, newer, steps)
        print(f"the tree of {newer[0]} entries begins with that of {older[0]}")


if __name__ == "__main__":
    try:
        main()
    except (No, KeyError, TypeError, AttributeError, ValueError, OSError) as cause:
        reason = cause if isinstance(cause, No) else f"the file has not the form it should have ({cause!r})"
        print(f"DOES NOT HOLD: {reason}", file=sys.stderr)
        sys.exit(1)
