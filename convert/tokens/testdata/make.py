"""Trains the small tokenizers of this folder on text that is made here, and writes what Python's `tokenizers` makes of
texts with them to golden.json. Needs `pip install tokenizers==0.23.3`; run in this folder.
"""

import json
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
WORDS = (
    "the cat sat on a mat and then it's gone with 1024 others (they're 3.14 away) über naïve café "
    "question answer number of apples does she have left?\n how many\n\n def f(x): return x 東京 です"
).split(" ")


def corpus():
    draw = random.Random(1)
    return [" ".join(draw.choices(WORDS, k=30)) for _ in range(300)]


def bytelevel():
    """As Llama 3 and Qwen: a pattern, bytes, added tokens of every kind."""
    t = Tokenizer(models.BPE(ignore_merges=True))
    t.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(LLAMA3), "isolated")
    t.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    t.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    t.train_from_iterator(corpus(), trainer)
    t.add_special_tokens(["<|end|>", "<|end|>x"])
    t.add_tokens([AddedToken("cat", single_word=True), AddedToken("<l>", lstrip=True), AddedToken("<r>", rstrip=True)])
    t.add_tokens([AddedToken("e\u0301e", normalized=True)])
    return t


def sentencepiece():
    """As Llama 2 and Gemma: characters, a mark for spaces, bytes for what is unknown."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    names = ["<unk>", "<s>", "</s>", *(f"<0x{c:02X}>" for c in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=names, limit_alphabet=60)
    t.train_from_iterator(corpus(), trainer)
    d = json.loads(t.to_str())
    d["added_tokens"] = d["added_tokens"][:3]
    d["decoder"] = json.loads(
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]).__getstate__()
    )
    return Tokenizer.from_str(json.dumps(d))


def metaspace():
    """As Mistral: the mark comes from the pre-tokenizer, and what is unknown from the vocabulary."""
    t = Tokenizer(models.BPE(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split("?", "merged_with_previous"),
            pre_tokenizers.Split("(", "merged_with_next"),
            pre_tokenizers.Split("o", "contiguous"),
            pre_tokenizers.Split(".", "removed"),
            pre_tokenizers.Metaspace(prepend_scheme="first", split=True),
        ]
    )
    t.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=200, special_tokens=["<unk>"], limit_alphabet=50))
    return t


TEXTS = [
    "", " ", "The cat sat.", "the cat sat on a mat", "cats cat cat's", " a<l>b  <l> <r>  c<r>", "<|end|>xy <|end|> <|end",
    "e\u0301e ee\u0301 \u00e9e", "it's IT'S it'\u017f they'RE", "1234567 3.14 ½", "a\n\n b \r\n  \n c  ", "   leading and trailing   ",
    "東京です 大阪", "👨‍👩‍👧 🏳️‍🌈", "▁mark ▁▁ two", "a  b   c", "<s>x</s> <unk> <0x41>", "a" * 200, "cat" * 80, "the" * 60,
    " " * 100 + "x", "how many? (they (do?) or not)) ooo.oo.o", "\u0000\u0001\u007f", "naïve cafe\u0301 u\u0308ber", "x" + "\u0301" * 40,
    "s\u0323\u0307 \u1e9b\u0323", "no,one;knows:what/is-here_now", "1..2...3 ...", "مرحبا بالعالم",
]  # fmt: skip


def main():
    golden = {}
    for make in (bytelevel, sentencepiece, metaspace):
        t = make()
        name = make.__name__ + ".json"
        with open(name, "w") as file:
            json.dump(json.loads(t.to_str()), file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")
        golden[name] = [t.encode(text, add_special_tokens=False).ids for text in TEXTS]
    with open("golden.json", "w") as file:
        json.dump({"texts": TEXTS, "ids": golden}, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


main()
