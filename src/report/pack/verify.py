#!/usr/bin/env python3
"""Checks an Attestry audit pack without Attestry: python3 verify.py PACK.zip|FOLDER [--key FILE]

Needs Python 3.8 or newer and OpenSSL 3 on the path, nothing else and no network.
Says VERIFIED, INTACT or NOT VERIFIED with every file at fault; ends with 0, or with 4 if anything is wrong.
"""
import base64, functools, hashlib, json, os, re, stat, subprocess, sys, tempfile, zipfile

SAFE = re.compile(r"(?!\.)[A-Za-z0-9._+@=(),-]*[A-Za-z0-9_+@=(),-]")
SPKI = bytes.fromhex("302a300506032b6570032100")  # what stands before an Ed25519 key in DER (RFC 8410)
URI = "https://attestry.dev/predicate/%s/v1"
PREDICATE = ("id kind format format_version file subject bytes source produced_at observed_from observed_at "
             "collected_at received_at status completeness collector parser receipt_sha256").split()
MANIFEST = ("format generator organisation installation sample mode frameworks catalog signer checkpoint "
            "items gaps members").split()
SMALL, BIG = 256 * 1024, 1 << 30
faults = []


class Wrong(Exception):
    pass


def need(holds, path, what):
    if not holds:
        raise Wrong("%s: %s" % (ascii(path), what))


def collect(step, *args):
    """Carries out a step; whatever goes wrong in it is a fault, never a crash and never a pass."""
    try:
        return step(*args)
    except Wrong as wrong:
        faults.append(str(wrong))
    except Exception as error:
        member = ascii(args[1]) if len(args) > 1 and isinstance(args[1], str) else "pack"
        faults.append("%s: %s: %s" % (member, type(error).__name__, error))


class Pack:
    """The members of a zip file or folder, each a size and a way to read it."""

    def __init__(self, path):
        self.path, self.sizes, self.zip = path, {}, None
        if os.path.isdir(path):
            for folder, folders, files in os.walk(path):
                for name in files + [one for one in folders if os.path.islink(os.path.join(folder, one))]:
                    full = os.path.join(folder, name)
                    info = os.lstat(full)
                    self.add(os.path.relpath(full, path).replace(os.sep, "/"), info.st_size, stat.S_ISREG(info.st_mode))
        else:
            self.zip = zipfile.ZipFile(path)
            for info in self.zip.infolist():
                if not (info.is_dir() and info.file_size == 0):
                    bomb = info.file_size > 64 << 20 and info.file_size // 400 > info.compress_size
                    plain = not bomb and not stat.S_ISLNK(info.external_attr >> 16) and not info.flag_bits & 1
                    plain = plain and info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                    self.add(info.orig_filename, info.file_size, plain)
            total = sum(info.file_size for info in self.zip.infolist())
            need(total <= 1 << 30 or total // 400 <= os.path.getsize(path), "pack", "would grow beyond measure")
        lower = [name.lower() for name in self.sizes]
        collect(need, len(set(lower)) == len(lower), "pack", "two names differ in case only")

    def add(self, name, size, plain):
        safe = len(name) <= 240 and all(SAFE.fullmatch(part) for part in name.split("/"))
        collect(need, safe, name, "has a name that is not safe")
        collect(need, plain, name, "is a link, encrypted, a bomb or compressed in an unusual way")
        collect(need, name not in self.sizes, name, "is there twice")
        if safe and plain:
            self.sizes[name] = size

    def chunks(self, name):
        need(name in self.sizes, name, "is missing")
        left = self.sizes[name]
        with (self.zip.open(name) if self.zip else open(os.path.join(self.path, name), "rb")) as file:
            while True:
                chunk = file.read(1 << 16)
                left -= len(chunk)
                need(left >= 0 and (chunk or left == 0), name, "does not have the size it says")
                if not chunk:
                    return
                yield chunk

    def read(self, name, most=SMALL):
        need(self.sizes.get(name, 0) <= most, name, "is too large")
        return b"".join(self.chunks(name))

    def text(self, name):
        return self.read(name).decode("utf-8")


def sha256(data):
    return hashlib.sha256(data).digest()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64", "is not strict base64")
    return data


def pem(key):
    return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % base64.b64encode(SPKI + key).decode()


def fingerprint(key):
    return "SHA256:" + sha256(SPKI + key).hex()


def read_pem(text):
    der = base64.b64decode("".join(text.strip().split("\n")[1:-1]))
    need(len(der) == 44 and der[:12] == SPKI, "key", "is no Ed25519 key")
    return der[12:]


def read_vkey(text):
    name, number, data = text.split("+", 2)
    data = unbase64(data)
    need(name and not re.search(r"[\s\x00-\x20\x7f-\x9f]", name) and len(data) == 33 and data[0] == 1
         and number == sha256(name.encode() + b"\n" + data)[:4].hex(), "vkey", "is no Ed25519 verifier key")
    return name, data[1:]


def file_vkey(pack, path):
    text = pack.text(path)
    need(text.endswith("\n"), path, "is no verifier key")
    return read_vkey(text[:-1])


@functools.lru_cache(maxsize=64)
def openssl(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, data in zip(paths, (pem(key).encode(), message, signature)):
            with open(path, "wb") as file:
                file.write(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-rawin", "-in", paths[1], "-sigfile", paths[2]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def open_envelope(path, data, kind, keys):
    """DSSE v1 in its only form, every signature by one of the keys (fingerprint -> key)."""
    envelope = json.loads(data)
    signatures = [(one["keyid"], one["sig"]) for one in envelope["signatures"]]
    form = {"payload": envelope["payload"], "payloadType": kind,
            "signatures": [{"keyid": keyid, "sig": sig} for keyid, sig in signatures]}
    need(compact(form) == data and signatures, path, "is not an envelope in its only form")
    payload = unbase64(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    need(len(set(keyid for keyid, _ in signatures)) == len(signatures), path, "is signed twice by one key")
    for keyid, sig in signatures:
        need(keyid in keys and openssl(keys[keyid], signed, unbase64(sig)), path, "has a signature that does not hold")
    return payload, set(keyid for keyid, _ in signatures)


def open_checkpoint(path, data, vkeys):
    """A signed note of origin, size and root; returns them."""
    note = data.decode("utf-8")
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note) and note.endswith("\n"), path, "is no signed note")
    text, lines = note[:note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2:-1].split("\n")
    signers = []
    for line in lines:
        dash, name, data = line.split(" ")
        data = unbase64(data)
        need(dash == "\u2014" and len(data) > 4 and name and not re.search(r"[\s+]", name) and len(lines) <= 64,
             path, "has a malformed signature line")
        for known, key in vkeys:
            if known == name and sha256(name.encode() + b"\n\x01" + key)[:4] == data[:4]:
                need(openssl(key, text.encode(), data[4:]), path, "has a signature that does not hold")
                signers.append(name)
                break
    origin, size, root = text.split("\n")[:3]
    need(origin in signers and "" not in text[:-1].split("\n"), path, "is not signed by the log's key")
    need(re.fullmatch("0|[1-9][0-9]{0,19}", size) and int(size) < 1 << 64, path, "has no size")
    root = unbase64(root)
    need(len(root) == 32 and (int(size) or root == sha256(b"")), path, "has no root")
    return origin, int(size), root


def node(left, right):
    return sha256(b"\x01" + left + right)


def root_of(leaf, index, size, hashes):
    """RFC 9162 2.1.3.2"""
    fn, sn, r = index, size - 1, leaf
    need(index < size, "proof", "is of an entry outside the log")
    for p in hashes:
        need(sn > 0, "proof", "is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "proof", "is too short")
    return r


def consistent(old, old_root, new, new_root, hashes):
    """RFC 9162 2.1.4.2"""
    if old == new or old == 0:
        return not hashes and (old == 0 or old_root == new_root)
    hashes = ([old_root] if old & (old - 1) == 0 else []) + hashes
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for c in hashes[1:]:
        need(sn > 0, "consistency.txt", "is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return old < new and sn == 0 and fr == old_root and sr == new_root


def read_proof(pack, path, header, note):
    """The hashes of a proof file; everything around them has to be exactly as expected."""
    data = pack.read(path)
    lines = data.decode("utf-8").split("\n\n", 1)[0][len(header):].split("\n")[1:]
    form = "".join(line + "\n" for line in [header] + lines) + "\n"
    need(form.encode() + note == data, path, "is not a proof under the pack's checkpoint")
    hashes = [unbase64(line) for line in lines]
    need(len(hashes) <= 64 and all(len(one) == 32 for one in hashes), path, "is malformed")
    return hashes


def check_manifest(pack):
    data = pack.read("manifest.json", BIG)
    text = pack.text("keys/log.pem")
    key = collect(read_pem, text)
    need(key is not None and pem(key) == text, "keys/log.pem", "is no key")
    result = [key, None]

    def signature(_, path):
        keys = {fingerprint(key): key}
        kind = "application/vnd.attestry.pack-manifest+json"
        payload, _ = open_envelope(path, pack.read(path, BIG), kind, keys)
        need(payload == data, "manifest.json", "is not what was signed")

    def form(_, path):
        manifest = json.loads(data)
        again = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        need(again.encode("utf-8") == data and list(manifest) == MANIFEST, path, "is not in its only form")
        need(manifest["format"] == "attestry-pack/v1", path, "is of another format")
        paths = [member["path"] for member in manifest["members"]]
        need(paths == sorted(set(paths)), path, "is not in order")
        for member in manifest["members"]:
            evidence = member.get("evidence", [])
            need(list(member) == ["path", "sha256", "size"] + (["evidence"] if evidence else []), path, "has other fields")
            for item in evidence:
                need(list(item) == ["ledger_index", "reason", "statement"] and list(item["statement"]) == PREDICATE,
                     path, "has other fields of an item")
        indexes = [item["ledger_index"] for member in manifest["members"] for item in member.get("evidence", [])]
        need(len(set(indexes)) == len(indexes) == manifest["items"], path, "does not agree on its items")
        result[1] = manifest

    collect(signature, pack, "manifest.dsse.json")
    collect(form, pack, "manifest.json")
    return result


def check_member(pack, path, member):
    evidence = bool(member.get("evidence"))
    need(evidence == path.startswith("evidence/"), path, "is evidence without a ledger entry, or not where evidence is")
    need(pack.sizes.get(path) == member["size"], path, "is missing or has another size")
    digest = hashlib.sha256()
    for chunk in pack.chunks(path):
        digest.update(chunk)
    need(digest.hexdigest() == member["sha256"], path, "was altered")


def check_entry(pack, path, index, note, checkpoint, ring, said):
    """One ledger entry: in the log, signed by a key of its time, and saying exactly what it should."""
    data = pack.read(path)
    proof = "proofs/%d.tlog-proof" % index
    hashes = read_proof(pack, proof, "c2sp.org/tlog-proof@v1\nindex %d" % index, note)
    need(root_of(sha256(b"\x00" + data), index, checkpoint[1], hashes) == checkpoint[2], proof, "does not hold")
    keys = {fingerprint(key): key for _, key in ring["active"]}
    if said is not None:
        payload, _ = open_envelope(path, data, "application/vnd.in-toto+json", keys)
        need(payload == said, path, "does not say what the manifest says")
        return
    change = json.loads(unbase64(json.loads(data)["payload"]))["predicate"]
    name, key = new = read_vkey(change["introduced"])
    payload, signers = open_envelope(path, data, "application/vnd.in-toto+json", dict(keys, **{fingerprint(key): key}))
    form = {"introduced": change["introduced"]}
    if change.get("retired") is not None:
        form["retired"] = change["retired"]
    need(payload == statement(name, fingerprint(key)[7:], "key-change", form), path, "is no key change")
    need(new not in ring["retired"] and signers & set(keys) and fingerprint(key) in signers, path, "is not signed by both keys")
    if "retired" in form:
        gone = [one for one in ring["active"] if fingerprint(one[1]) == form["retired"] and one != new]
        need(gone, path, "retires a key that is not active")
        ring["active"].remove(gone[0])
        ring["retired"].append(gone[0])
    if new not in ring["active"]:
        ring["active"].append(new)


def statement(name, digest, kind, predicate):
    return compact({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": name, "digest": {"sha256": digest}}],
                    "predicateType": URI % kind, "predicate": predicate})


def check_ledger(pack, manifest, key):
    vkey = file_vkey(pack, "keys/log.vkey")
    need(vkey[1] == key, "keys/log.vkey", "is not the key of keys/log.pem")
    need(manifest["signer"] == fingerprint(key), "keys/log.pem", "is not the key that the manifest names")
    note = pack.read("checkpoint.txt")
    checkpoint = open_checkpoint("checkpoint.txt", note, [vkey])
    named = manifest["checkpoint"]
    need(checkpoint == (named["origin"], named["size"], bytes.fromhex(named["root"])), "checkpoint.txt", "is not the one named")
    first = file_vkey(pack, "keys/first.vkey") if "keys/first.vkey" in pack.sizes else vkey
    ring = {"active": [first], "retired": []}
    entries = {}
    for member in manifest["members"]:
        for item in member.get("evidence", []):
            said = statement(item["statement"]["file"], member["sha256"], "evidence", item["statement"])
            collect(need, item["statement"]["bytes"] == member["size"], member["path"], "has another size in the ledger")
            entries[item["ledger_index"]] = ("envelopes/%d.dsse.json" % item["ledger_index"], said)
    for path in [path for path in pack.sizes if path.startswith("keys/changes/")]:
        number = re.fullmatch(r"keys/changes/(0|[1-9][0-9]{0,19})\.dsse\.json", path)
        need(number and int(number.group(1)) not in entries, path, "is no key change")
        entries[int(number.group(1))] = (path, None)
    for index, (path, said) in sorted(entries.items()):
        collect(check_entry, pack, path, index, note, checkpoint, ring, said)
    collect(need, vkey in ring["active"], "keys/log.vkey", "is not the log's key after its last key change")
    digests = {member["path"]: member["sha256"] for member in manifest["members"]}
    for member in manifest["members"]:
        for item in member.get("evidence", []):
            path, wanted = "receipts/%d.json" % item["ledger_index"], item["statement"]["receipt_sha256"]
            collect(need, digests.get(path, wanted) == wanted, path, "is not the receipt of the entry")
    if "earlier.txt" in pack.sizes or "consistency.txt" in pack.sizes:
        old = open_checkpoint("earlier.txt", pack.read("earlier.txt"), ring["active"] + ring["retired"])
        hashes = read_proof(pack, "consistency.txt", "old %d" % old[1], note)
        need(old[0] == checkpoint[0] and consistent(old[1], old[2], checkpoint[1], checkpoint[2], hashes),
             "consistency.txt", "does not hold")


def verify(path, pinned=None):
    """Returns the verdict in words and the list of faults."""
    del faults[:]
    signer = None
    pack = collect(Pack, path)
    key, manifest = pack and collect(check_manifest, pack) or (None, None)
    if manifest:
        signer = fingerprint(key)
        listed = {member["path"] for member in manifest["members"]}
        for name in sorted(set(pack.sizes) ^ (listed | {"manifest.json", "manifest.dsse.json"})):
            collect(need, name not in pack.sizes, name, "is not listed in the manifest")
            collect(need, name in pack.sizes, name, "is missing")
        for member in manifest["members"]:
            collect(check_member, pack, member["path"], member)
        collect(check_ledger, pack, manifest, key)
        collect(need, pinned in (None, key), "keys/log.pem", "is not the key that was asked for")
    elif not faults:
        faults.append("the pack cannot be read")
    if faults or not signer:
        return "NOT VERIFIED", list(faults)
    return ("VERIFIED, signed by %s" if pinned else "INTACT, signed by %s, signer not pinned") % signer, []


def main(arguments):
    pinned = None
    if len(arguments) == 3 and arguments[1] == "--key":
        text = open(arguments[2], encoding="utf-8").read()
        pinned = read_pem(text) if text.lstrip().startswith("-----") else read_vkey(text.strip())[1]
    elif len(arguments) != 1:
        sys.exit(__doc__)
    version = subprocess.run(["openssl", "version"], stdout=subprocess.PIPE).stdout.decode()
    if not re.match(r"OpenSSL ([3-9]|\d\d)", version):
        sys.exit("OpenSSL 3 or newer is needed to check Ed25519 signatures; this is " + version)
    verdict, wrong = verify(arguments[0], pinned)
    print("\n".join([verdict] + wrong))
    return 4 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
