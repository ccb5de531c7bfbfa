package tokens

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// The files of ranks as tiktoken gets them, packed with zstd --ultra -22.
//
//go:embed ranks/*.zst
var ranks embed.FS

// encodings are the patterns of tiktoken by the name of the encoding.
var encodings = map[string]string{
	"r50k_base":     r50kPattern,
	"p50k_base":     r50kPattern,
	"p50k_edit":     r50kPattern,
	"cl100k_base":   cl100kPattern,
	"o200k_base":    o200kPattern,
	"o200k_harmony": o200kPattern,
}

// named are the encodings that need no file, with the file that each is packed in.
var named = map[string]string{
	"cl100k_base":   "ranks/cl100k_base.tiktoken.zst",
	"o200k_base":    "ranks/o200k_base.tiktoken.zst",
	"o200k_harmony": "ranks/o200k_base.tiktoken.zst",
}

const (
	r50kPattern   = `'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`
	cl100kPattern = `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`
	o200kPattern  = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?` +
		`|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?` +
		`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// openNamed opens an encoding that needs no file.
func openNamed(encoding string) (*Tokenizer, error) {
	path, ok := named[encoding]
	if !ok {
		return nil, unsupported("%s%s: expected one of %s; others are read from their file, NAME.tiktoken",
			namedPrefix, encoding, namesOf(named))
	}
	packed, err := ranks.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("tokens: internal error: %w", err)
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("tokens: internal error: %w", err)
	}
	defer d.Close()
	data, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("tokens: internal error: %s: %w", path, err)
	}
	t, err := Parse(encoding+".tiktoken", data)
	if err != nil {
		return nil, err
	}
	t.name = namedPrefix + encoding
	return t, nil
}

func namesOf(m map[string]string) string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// parseRanks reads a file of ranks, which are the ids too: a line for each token, of its bytes in base64 and its rank.
func parseRanks(encoding string, data []byte) (*Tokenizer, error) {
	text, ok := encodings[encoding]
	if !ok {
		return nil, unsupported("encoding %q: expected a file that is named after one of %s", encoding, namesOf(encodings))
	}
	p, err := parsePattern(text, rust)
	if err != nil {
		return nil, err
	}
	ids, texts, err := readRanks(data)
	if err != nil {
		return nil, err
	}
	m := &bpe{ids: ids, bytewise: true, whole: true, unknown: noToken, pairs: pairsOf(ids)}
	for c := range m.bytes {
		id, ok := ids[string([]byte{byte(c)})]
		if !ok {
			return nil, corrupt("no token for the byte %d", c)
		}
		m.bytes[c] = id
	}
	return &Tokenizer{
		model: m, texts: texts, raw: newFinder(nil), rewritten: newFinder(nil),
		splitters: []splitter{matchSplitter{matcher: p, behaviour: isolated}},
	}, nil
}

const (
	maxToken = 1024    // bytes; the longest that is known has 128
	maxRank  = 1 << 22 // ids are an index
)

func readRanks(data []byte) (ids map[string]int32, texts []string, err error) {
	lines := bytes.Count(data, []byte{'\n'}) + 1
	ids = make(map[string]int32, lines)
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		coded, rank, _ := strings.Cut(string(line), " ")
		token, err := base64.StdEncoding.DecodeString(coded)
		id, notNumber := strconv.ParseUint(rank, 10, 31)
		if err != nil || notNumber != nil || len(token) == 0 || len(token) > maxToken || id > maxRank {
			return nil, nil, corrupt("line %d: expected a token in base64 and its rank", number)
		}
		if _, twice := ids[string(token)]; twice {
			return nil, nil, corrupt("line %d: this token was there before", number)
		}
		ids[string(token)] = int32(id)
		for len(texts) <= int(id) {
			texts = append(texts, "")
		}
		texts[id] = string(token)
	}
	return ids, texts, nil
}

// pairsOf returns every way to make a token of two: with ranks, a pair merges when both together are a token.
func pairsOf(ids map[string]int32) *pairTable {
	type pair struct {
		left, right, id int32
	}
	pairs := make([]pair, 0, 4*len(ids))
	for token, id := range ids {
		for i := 1; i < len(token); i++ {
			left, ok := ids[token[:i]]
			if !ok {
				continue
			}
			if right, ok := ids[token[i:]]; ok {
				pairs = append(pairs, pair{left, right, id})
			}
		}
	}
	t := newPairTable(len(pairs))
	for _, p := range pairs {
		t.set(p.left, p.right, merge{uint32(p.id), p.id})
	}
	return t
}
